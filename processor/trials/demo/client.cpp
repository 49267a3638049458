#include "processor/trials/demo/client.hpp"

#include "processor/cli/failures.hpp"
#include "processor/cli/http_client.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <chrono>
#include <exception>
#include <fstream>
#include <mutex>
#include <thread>

namespace datadrop::processor::trials::demo {
namespace {

namespace json = boost::json;
using std::chrono::microseconds;

constexpr std::size_t connections = 24;
constexpr int sendings_max = 30; // of a command that is not settled

struct timing {
    microseconds sent_at; // since 1970
    microseconds latency;
};

/// What all connections of the client share.
class desk {
  public:
    explicit desk(const client_options& o) : options_(o), script_(o.what), journal_(o.journal) {}

    std::optional<request> next() {
        const std::lock_guard alone(mutex_);
        return failure_ ? std::nullopt : script_.next();
    }

    void note(const json::object& command, const json::object& outcome, const timing& when) {
        const auto line = json::serialize(json::object{{"door", name_of(options_.what.from)},
                                                       {"sent_at", when.sent_at.count()},
                                                       {"latency", when.latency.count()},
                                                       {"command", command},
                                                       {"outcome", outcome}});
        const std::lock_guard alone(mutex_);
        script_.saw(outcome);
        if (!(journal_ << line << std::endl))
            throw cli::refused("cannot write " + options_.journal.string());
    }

    /// Ends the others' work, too.
    void fail(std::exception_ptr why) {
        const std::lock_guard alone(mutex_);
        if (!failure_) failure_ = std::move(why);
    }
    void rethrow_failure() const {
        if (failure_) std::rethrow_exception(failure_);
    }

  private:
    const client_options& options_;
    std::mutex mutex_; // guards the rest
    script script_;
    std::ofstream journal_;
    std::exception_ptr failure_;
};

json::value read_body(const cli::http_answer& answer) {
    boost::system::error_code error;
    auto body = json::parse(answer.body, error);
    return error ? json::value(answer.body) : body;
}

/// One an item; whatever is no outcome stands for each.
std::vector<json::object> outcomes_of(const cli::http_answer& answer, std::size_t items) {
    const auto body = read_body(answer);
    std::vector<json::object> outcomes;
    if (const auto* all = body.if_array(); all && all->size() == items) {
        for (const auto& outcome : *all)
            outcomes.push_back(outcome.as_object());
        return outcomes;
    }
    const auto* one = body.if_object();
    outcomes.assign(items, one ? *one : json::object{{"answer", body}});
    return outcomes;
}

bool wants_another_try(const json::object& outcome) {
    const auto* const name = outcome.if_contains("outcome");
    return name && (*name == "overloaded" || *name == "unavailable");
}

std::string body_of(const request& wanted) {
    if (wanted.form == body_form::single) return json::serialize(wanted.commands.front());
    return json::serialize(json::array(wanted.commands.begin(), wanted.commands.end()));
}

/// Sends requests of the script, one after the other, over connections of its own to both servers.
class connection {
  public:
    connection(desk& shared, const client_options& o)
        : desk_(shared), own_(o.what.from),
          servers_{cli::http_client(o.own, o.token), cli::http_client(o.other, o.token)} {}

    void work() {
        while (auto wanted = desk_.next())
            deliver(std::move(*wanted));
    }

  private:
    void deliver(request wanted) {
        auto& server = servers_[wanted.to == own_ ? 0 : 1];
        const auto sent_at = std::chrono::system_clock::now();
        const auto started = std::chrono::steady_clock::now();
        for (int sending = 1;; ++sending) {
            const auto answer = server.post("/v1/commands", body_of(wanted));
            const auto latency = std::chrono::steady_clock::now() - started;
            wanted.commands = note_settled(
                std::move(wanted.commands), outcomes_of(answer, wanted.commands.size()),
                {.sent_at = std::chrono::duration_cast<microseconds>(sent_at.time_since_epoch()),
                 .latency = std::chrono::duration_cast<microseconds>(latency)});
            if (wanted.commands.empty()) return;
            if (sending == sendings_max)
                throw cli::unreachable("a command was not settled, however often it was sent: " +
                                       answer.body);
            std::this_thread::sleep_for(answer.retry_after);
        }
    }

    /// Gives those back that are to be sent again.
    std::vector<json::object> note_settled(std::vector<json::object> commands,
                                           const std::vector<json::object>& outcomes,
                                           const timing& when) {
        std::vector<json::object> unsettled;
        for (std::size_t i = 0; i < commands.size(); ++i) {
            if (wants_another_try(outcomes[i]))
                unsettled.push_back(std::move(commands[i]));
            else
                desk_.note(commands[i], outcomes[i], when);
        }
        return unsettled;
    }

    desk& desk_;
    door own_;
    std::array<cli::http_client, 2> servers_;
};

} // namespace

void run_client(const client_options& o) {
    desk shared(o);
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < connections; ++i)
            threads.emplace_back([&] {
                try {
                    connection(shared, o).work();
                } catch (...) {
                    shared.fail(std::current_exception());
                }
            });
    }
    shared.rethrow_failure();
}

} // namespace datadrop::processor::trials::demo
