// Two processors race on one log. A seed interleaves their steps, so that each loses races to the
// other; contention may cost attempts, never a command, its place or its answer.
#include "eventstore/memory/memory_log.hpp"
#include "processor/core/machine.hpp"
#include "tests/support/builders.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <memory>
#include <random>

using namespace datadrop;
using namespace datadrop::processor;

namespace {

/// A processor with one connection. Its actions wait until it is their turn.
class racer {
  public:
    racer(std::shared_ptr<eventstore::memory::store> store, std::uint64_t seed)
        : core_(1, {}, seed), log_(open_log(std::move(store))) {}

    void submit(const domain::envelope& command) {
        core_.submit({{++submitted_, std::make_shared<const domain::envelope>(command), {}}}, now_);
        collect();
    }
    bool has_work() const { return !work_.empty() || core_.wake_at(); }
    bool holds_the_tail() const { return holds_; }

    /// Carries out one action, and lets as much time pass.
    void step(std::chrono::microseconds passed) {
        now_.steady += passed;
        core_.tick(now_);
        collect();
        if (work_.empty()) return;
        auto next = std::move(work_.front());
        work_.pop_front();
        std::visit([this](auto& a) { carry_out(a); }, next);
        collect();
    }

    std::map<ticket, outcome> answers;

  private:
    void collect() {
        core_.start_work(now_);
        for (auto& a : core_.take_actions())
            work_.push_back(std::move(a));
    }
    void carry_out(log_call& call) {
        holds_ = std::holds_alternative<reserve_tail>(call);
        core_.feed(run(call, *log_), now_);
    }
    void carry_out(answer& a) { answers.emplace(a.to, a.what); }

    machine core_;
    std::unique_ptr<eventstore::log> log_;
    std::deque<action> work_;
    moment now_{};
    ticket submitted_ = 0;
    bool holds_ = false;
};

struct race {
    explicit race(std::uint64_t seed) : random(seed) {
        racer first(store, 0);
        for (const auto& command : test::commands_to(domain::state::verification_pending, who))
            first.submit(command);
        while (first.has_work())
            first.step(std::chrono::microseconds(1));
    }

    std::uint64_t below(std::uint64_t n) { return random() % n; }

    /// Who holds the tail goes on, since the other could only wait for it.
    void run() {
        while (bot.has_work() || api.has_work() || left > 0) {
            if (left > 0 && below(3) == 0) submit();
            auto& next = bot.holds_the_tail()   ? bot
                         : api.holds_the_tail() ? api
                         : below(2) == 0        ? bot
                                                : api;
            next.step(std::chrono::microseconds(below(40)));
        }
    }
    void submit() {
        --left;
        const bool from_bot = below(2) == 0;
        const auto number = std::to_string(1'999 - left);
        (from_bot ? bot : api)
            .submit(test::make_command(who, domain::command_kind::record_email,
                                       {.key = (from_bot ? "bot-" : "api-") + number}));
    }

    const domain::member_id who = test::new_member();
    std::mt19937_64 random;
    std::shared_ptr<eventstore::memory::store> store =
        eventstore::memory::make_store(1, [] { return domain::timestamp{}; });
    racer bot{store, 1};
    racer api{store, 2};
    int left = 400;
};

/// The keys of one submitter in the order of the member's stream.
std::vector<std::string> keys_of(race& r, std::string_view prefix) {
    std::vector<std::string> keys;
    for (const auto& e : open_log(r.store)->history(r.who, {}, 10'000))
        if (e.idempotency_key.starts_with(prefix)) keys.push_back(e.idempotency_key);
    return keys;
}

} // namespace

TEST_SUITE_BEGIN("convergence");

TEST_CASE(
    "two processors on one member: every command is accepted, each submitter's in its order") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        race r(seed);
        r.run();
        std::size_t accepted = 0;
        int attempts_max = 0;
        for (const auto* racer : {&r.bot, &r.api})
            for (const auto& [to, what] : racer->answers) {
                accepted += what.kind == outcome_kind::accepted;
                attempts_max = std::max(attempts_max, what.attempts);
            }
        CHECK(accepted == 400);
        CHECK(attempts_max > 1);  // they did race
        CHECK(attempts_max <= 3); // the third attempt locks the tail
        for (const auto* prefix : {"bot-", "api-"}) {
            const auto keys = keys_of(r, prefix);
            CHECK(std::is_sorted(keys.begin(), keys.end()));
        }
    }
}

TEST_SUITE_END();
