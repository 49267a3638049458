#include "tests/faults/support/client.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <stdexcept>
#include <thread>
#include <utility>

namespace datadrop::test {
namespace json = boost::json;
namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto settling_time_max = 60s;
constexpr auto pause = 50ms; // times the number of sendings, up to ten times

json::object none(const std::string& why) { return {{"outcome", "none"}, {"why", why}}; }

/// One a command; an answer that is no outcome stands for each.
std::vector<json::object> outcomes_of(const http_answer& answer, std::size_t commands) {
    boost::system::error_code error;
    const auto told = json::parse(answer.body, error);
    std::vector<json::object> outcomes;
    if (const auto* all = told.if_array(); all && all->size() == commands) {
        for (const auto& outcome : *all)
            outcomes.push_back(outcome.as_object());
        return outcomes;
    }
    const auto* one = told.if_object();
    outcomes.assign(commands, one && one->contains("outcome") ? *one : none(answer.body));
    return outcomes;
}

http_request post(const std::string& target, std::string text) {
    return {.method = "POST", .target = target, .body = std::move(text)};
}

template <typename OpenCommands>
std::string text_of(const OpenCommands& open, body form) {
    if (form == body::one_command) return json::serialize(open.front().command);
    json::array all;
    for (const auto& one : open)
        all.push_back(one.command);
    return json::serialize(all);
}

} // namespace

client::client(client_options o, journal& notes)
    : options_(std::move(o)), notes_(notes), connections_(options_.doors.size()) {}

http_answer client::exchange(const http_request& what, std::size_t to) {
    auto& link = connections_[to];
    try {
        if (!link) link.emplace(options_.doors[to], options_.token);
        link->write(link->bytes_of(what));
        auto told = link->read(options_.patience);
        if (!told) throw std::runtime_error("the connection was closed");
        if (!told->kept) link.reset();
        return *std::move(told);
    } catch (const std::exception&) {
        link.reset();
        throw;
    }
}

/// Once, whatever comes of it.
std::vector<json::object> client::send_all(const std::vector<open_command>& open, body form,
                                           std::size_t to) {
    std::vector<json::object> outcomes;
    sending one{.client = options_.name, .sent_at = now_since_1970()};
    try {
        const auto told = exchange(post("/v1/commands", text_of(open, form)), to);
        one.status = told.status;
        outcomes = outcomes_of(told, open.size());
    } catch (const std::exception& e) {
        outcomes.assign(open.size(), none(e.what()));
    }
    one.answered_at = now_since_1970();
    one.abandoned = one.status == 0 && one.answered_at - one.sent_at >= options_.patience;
    for (std::size_t i = 0; i < open.size(); ++i) {
        one.submission = open[i].submission;
        one.command = open[i].command;
        one.outcome = outcomes[i];
        notes_.note(one);
    }
    return outcomes;
}

std::vector<json::object> client::deliver(const std::vector<json::object>& commands, body form,
                                          std::size_t first_door) {
    std::vector<open_command> open;
    for (std::size_t i = 0; i < commands.size(); ++i)
        open.push_back({i, notes_.next_submission(), commands[i]});
    std::vector<json::object> outcomes(commands.size());
    const auto deadline = steady_clock::now() + settling_time_max;
    for (std::size_t number = 0;; ++number) {
        auto told = send_all(open, form, (first_door + number) % connections_.size());
        for (std::size_t i = 0; i < open.size(); ++i)
            outcomes[open[i].place] = std::move(told[i]);
        std::erase_if(open, [&](const auto& o) { return is_settled(outcomes[o.place]); });
        if (open.empty() || steady_clock::now() > deadline) return outcomes;
        std::this_thread::sleep_for(pause * std::min<std::size_t>(number + 1, 10));
    }
}

json::object client::deliver(const json::object& command, std::size_t first_door) {
    return deliver({command}, body::one_command, first_door).front();
}

json::object client::send(const json::object& command, std::size_t to) {
    return send_all({{0, notes_.next_submission(), command}}, body::one_command, to).front();
}

std::vector<std::string> client::parked_letters(std::size_t to) {
    std::vector<std::string> ids;
    try {
        const auto page = exchange({.target = "/v1/dead-letters?status=parked"}, to).json();
        if (const auto* letters = page.as_object().if_contains("dead_letters"))
            for (const auto& letter : letters->as_array())
                ids.emplace_back(letter.at("id").as_string());
    } catch (const std::exception&) {
        return {}; // a later look will tell
    }
    return ids;
}

json::object client::remediate(const std::string& dead_letter, domain::remediation verb,
                               std::size_t to) {
    const bool redrives = verb == domain::remediation::redrive;
    remediation asked{.dead_letter = dead_letter, .verb = redrives ? "redrive" : "discard"};
    json::object wanted{{"reason", "by hand"}};
    if (redrives) wanted["expected_state"] = wanted["expected_version"] = nullptr;
    try {
        const auto told = exchange(
            post("/v1/dead-letters/" + dead_letter + "/" + asked.verb, json::serialize(wanted)),
            to);
        asked.status = told.status;
        asked.letter = json::parse(told.body).as_object();
    } catch (const std::exception& e) {
        asked.letter = none(e.what());
    }
    notes_.note(asked);
    return std::move(asked.letter);
}

} // namespace datadrop::test
