#include "processor/cli/command_sender.hpp"

#include "processor/cli/failures.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <thread>

namespace datadrop::processor::cli {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr auto patience = 60s;

bool may_be_sent_again(const json::object& outcome) {
    const auto* const kind = outcome.if_contains("outcome");
    return kind && (*kind == "overloaded" || *kind == "unavailable");
}

bool is_busy(const http_answer& answer) { return answer.status == 429 || answer.status == 503; }

/// The server could not take the body as it is: one item of it is to blame.
bool blames_the_body(const http_answer& answer) {
    return answer.status == 400 || answer.status == 413;
}

} // namespace

json::object invalid_outcome(std::int64_t line, std::string_view code, std::string_view detail) {
    return {{"outcome", "invalid"}, {"line", line}, {"code", code}, {"detail", detail}};
}

std::vector<json::object> command_sender::send(const std::vector<input_line>& lines) {
    std::vector<json::object> outcomes(lines.size());
    std::vector<pending> items;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].unreadable.empty())
            items.push_back({.line = &lines[i], .outcome = &outcomes[i]});
        else
            outcomes[i] = invalid_outcome(lines[i].number, "unreadable_line", lines[i].unreadable);
    }
    send_until_settled(std::move(items), std::chrono::steady_clock::now() + patience);
    return outcomes;
}

void command_sender::send_until_settled(std::vector<pending> items, deadline until) {
    while (!items.empty())
        items = send_once(std::move(items), until);
}

std::vector<command_sender::pending> command_sender::send_once(std::vector<pending> items,
                                                               deadline until) {
    const auto answer = post(items, until);
    if (blames_the_body(answer)) {
        settle_refused_body(std::move(items), answer, until);
        return {};
    }
    const auto outcomes = json_of(answer);
    if (!outcomes.is_array() || outcomes.get_array().size() != items.size())
        throw refused("the server's answer does not have an outcome for each command");
    std::vector<pending> again;
    for (std::size_t i = 0; i < items.size(); ++i) {
        auto outcome = outcomes.get_array()[i].as_object();
        if (may_be_sent_again(outcome) && std::chrono::steady_clock::now() < until)
            again.push_back(items[i]);
        if (outcome["outcome"] == "invalid") outcome["line"] = items[i].line->number;
        *items[i].outcome = std::move(outcome);
    }
    if (!again.empty()) std::this_thread::sleep_for(answer.retry_after);
    return again;
}

http_answer command_sender::post(const std::vector<pending>& items, deadline until) {
    std::string body;
    for (const auto& item : items)
        body += (body.empty() ? "[" : ",") + item.line->text;
    body += "]";
    for (;;) {
        const bool in_time = std::chrono::steady_clock::now() < until;
        std::chrono::milliseconds wait = 1s;
        try {
            auto answer = client_.post("/v1/commands", body);
            reached_ = true;
            if (!is_busy(answer)) return answer;
            if (!in_time) throw_problem(answer);
            wait = answer.retry_after;
        } catch (const unreachable&) {
            if (!reached_ || !in_time) throw;
        }
        std::this_thread::sleep_for(wait);
    }
}

/// Halves find the item that is to blame, so that the others go on.
void command_sender::settle_refused_body(std::vector<pending> items, const http_answer& answer,
                                         deadline until) {
    if (items.size() == 1) {
        const auto number = items[0].line->number;
        *items[0].outcome = invalid_outcome(
            number, "refused", "line " + std::to_string(number) + ": " + problem_text(answer));
        return;
    }
    const auto middle = items.begin() + static_cast<std::ptrdiff_t>(items.size() / 2);
    send_until_settled({items.begin(), middle}, until);
    send_until_settled({middle, items.end()}, until);
}

} // namespace datadrop::processor::cli
