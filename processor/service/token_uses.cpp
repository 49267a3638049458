#include "processor/service/token_uses.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>

namespace datadrop::processor {
namespace {

using hashes = std::vector<eventstore::token_hash>;

/// So long it may take until the first use of a token is seen, or a use after a long time.
constexpr std::chrono::seconds look_interval{2};
/// A token that is used all the time is written this often.
constexpr std::chrono::minutes write_interval{1};

boost::asio::awaitable<bool> write(const hashes& used, readers& by) {
    try {
        co_await by.read([&used](reader& r) {
            r.model.run_with([&used](auto& db) { eventstore::note_tokens_used(db, used); });
            return true;
        });
        co_return true;
    } catch (const std::exception&) {
        // Written later: nobody waits for it, and who reads is told of an outage.
    }
    co_return false;
}

} // namespace

hashes token_uses::take_due(time_point now) {
    hashes due;
    for (const auto& token : used_) {
        const auto written = written_.find(token);
        if (written == written_.end() || now - written->second >= write_interval)
            due.push_back(token);
    }
    for (const auto& token : due) {
        used_.erase(token);
        written_[token] = now;
    }
    return due;
}

void token_uses::put_back(const hashes& tokens) {
    for (const auto& token : tokens) {
        used_.insert(token);
        written_.erase(token);
    }
}

boost::asio::awaitable<void> keep_token_uses(token_uses& uses, readers& by) {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    for (;;) {
        timer.expires_after(look_interval);
        co_await timer.async_wait(boost::asio::use_awaitable);
        const auto due = uses.take_due(std::chrono::steady_clock::now());
        if (due.empty()) continue;
        const bool written = co_await write(due, by);
        if (!written) uses.put_back(due);
    }
}

} // namespace datadrop::processor
