// What a connection of a simulated run does to what is sent over it.

#include "tests/sim/support/log_connection.hpp"

#include <algorithm>
#include <utility>

namespace datadrop::sim {

/// Here requests and replies are lost on their way, and with one all that come behind it.
void log_connection::send(statement what, on_ending back) {
    auto arrives = [this, back = std::move(back)](ending how) {
        process_([back, how] { back(how); });
    };
    if (broken_) return shared_.time.after({}, [arrives] { arrives(ending::lost); });
    const auto over = stream_;
    const auto number = over->waiting_from + over->waiting.size();
    over->waiting.push_back(std::move(arrives));
    lose_perhaps(over);
    if (over->requests_lost) return;
    const auto there = shared_.random.between(microseconds(20), microseconds(400));
    over->there = std::max(over->there, shared_.time.now() + there);
    auto returns = [this, over, number, reply_lost = over->replies_lost](ending how) {
        if (reply_lost) return;
        const auto home = shared_.random.between(microseconds(20), microseconds(400));
        over->home = std::max(over->home, shared_.time.now() + home);
        shared_.time.at(over->home, [this, over, number, how] { arrive(over, number, how); });
    };
    shared_.time.at(over->there, [this, b = backend_, what = std::move(what), returns] {
        server_.send(b, what, returns);
    });
}

/// The loss is noticed later.
void log_connection::lose_perhaps(const std::shared_ptr<stream>& over) {
    if (over->requests_lost || over->replies_lost) return;
    const auto& faults = shared_.chosen.statements;
    const auto notice = shared_.random.between(microseconds(100), milliseconds(50));
    over->requests_lost = shared_.happens(faults.request_lost, sight::request_lost);
    over->replies_lost =
        !over->requests_lost && shared_.happens(faults.reply_lost, sight::reply_lost);
    if (!over->requests_lost && !over->replies_lost) return;
    shared_.time.after(notice, [this, over, b = backend_] {
        server_.lose_client(b);
        arrive(over, over->waiting_from, ending::lost);
    });
}

/// Answers come in the order of what they answer; a loss is the last, for all that wait.
void log_connection::arrive(const std::shared_ptr<stream>& over, std::size_t number, ending how) {
    if (number != over->waiting_from) return; // it was lost already
    do {
        if (over->waiting.empty()) return;
        auto next = std::move(over->waiting.front());
        over->waiting.pop_front();
        ++over->waiting_from;
        next(how);
    } while (how == ending::lost);
}

} // namespace datadrop::sim
