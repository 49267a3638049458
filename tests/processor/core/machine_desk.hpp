#pragma once
// Feeds a machine its inputs and reads its actions as lines of text. One partition unless said; the
// clock stands still until it is moved.

#include "processor/core/machine.hpp"
#include "tests/processor/core/machine_text.hpp"

#include <string>
#include <vector>

namespace datadrop::test {

using domain::command_kind;
using domain::state;
using eventstore::chain_fate;
using eventstore::fate;
using eventstore::head;
using lines = std::vector<std::string>;

inline domain::member_id member(std::int64_t user, std::int64_t guild = 1) {
    return {domain::guild_id{guild}, domain::user_id{user}};
}

inline head at(state s, std::int64_t version, bool has_email = false) {
    return {domain::stream_version{version},
            {.current = s, .has_email = has_email, .lifecycle = 1}};
}
inline const head nobody{};

/// A command of member 7 under a key, to be adjusted by the test.
inline domain::envelope command(command_kind kind, std::string key) {
    domain::envelope e;
    e.who = member(7);
    e.kind = kind;
    e.idempotency_key = std::move(key);
    e.by = {domain::source::bot, "bot"};
    return e;
}

class desk {
  public:
    /// One append is under way at a time, unless said.
    explicit desk(core_limits limits = {}, int partitions = 1, std::size_t appends_max = 1)
        : core(partitions, with(limits, appends_max), 1) {}

    /// Submits commands together; tickets count from 1.
    lines submit(std::vector<domain::envelope> commands) {
        std::vector<submission> batch;
        for (auto& c : commands)
            batch.push_back(
                {++ticket_, std::make_shared<const domain::envelope>(std::move(c)), {}});
        core.submit(std::move(batch), now);
        return actions();
    }
    lines submit(domain::envelope c) { return submit(std::vector{std::move(c)}); }
    lines redrive(domain::envelope c, std::int64_t letter) {
        core.submit({{++ticket_, std::make_shared<const domain::envelope>(std::move(c)),
                      eventstore::redrive{.id = eventstore::dead_letter_id{letter},
                                          .by = {domain::source::operator_, "olga"}}}},
                    now);
        return actions();
    }

    lines fed(const call_result& what) {
        core.feed(what, now);
        return actions();
    }
    lines loaded(std::vector<head> heads) { return fed(heads_loaded{{}, seen(std::move(heads))}); }
    lines load_lost() { return fed(heads_loaded{}); }
    lines reserved(std::vector<head> heads) {
        return fed(tail_reserved{{}, seen(std::move(heads))});
    }
    lines reserve_lost() { return fed(tail_reserved{}); }
    lines appended(std::vector<chain_fate> fates) {
        return fed(chains_appended{{}, eventstore::append_result{.fates = std::move(fates)}});
    }
    /// A lost connection was settled: nothing of the chain is written.
    lines append_unwritten() { return appended({{.what = fate::not_written}}); }
    lines append_lost() { return fed(chains_appended{}); }
    lines parked(std::vector<eventstore::park_fate> fates) {
        return fed(commands_parked{{}, std::move(fates)});
    }
    lines park_lost() { return fed(commands_parked{}); }
    lines failure_recorded(std::optional<eventstore::remediation_fate> was) {
        return fed(processor::failure_recorded{{}, was});
    }
    static eventstore::members_seen seen(std::vector<head> heads) {
        std::vector<bool> parked(heads.size());
        return {.heads = std::move(heads), .has_parked_keys = std::move(parked)};
    }

    void pass(std::chrono::milliseconds time) { now.steady += time; }
    /// Moves the clock to the next wait's end.
    lines wake() {
        now.steady = *core.wake_at();
        core.tick(now);
        return actions();
    }

    /// A desk whose member 7 is known to stand at `h`: by a first command that is refused there.
    void know(const head& h) {
        submit(command(command_kind::lift_ban, "warm-up"));
        loaded({h});
        appended({{.what = fate::confirmed, .found = h}});
        ticket_ = 0;
    }

    machine core;
    moment now{};
    std::vector<outcome> told;                 // every answer so far
    std::vector<eventstore::parking> parkings; // of the last park

  private:
    static core_limits with(core_limits limits, std::size_t appends_max) {
        limits.appends_max = appends_max;
        return limits;
    }
    lines actions() {
        core.start_work(now);
        lines read;
        for (const auto& a : core.take_actions()) {
            if (const auto* said = std::get_if<answer>(&a)) told.push_back(said->what);
            if (const auto* call = std::get_if<log_call>(&a)) keep_parkings(*call);
            read.push_back(std::visit(describe{}, a));
        }
        return read;
    }
    void keep_parkings(const log_call& call) {
        if (const auto* park = std::get_if<park_commands>(&call)) parkings = park->commands;
    }
    ticket ticket_ = 0;
};

inline chain_fate written(std::int64_t first) {
    return {.what = fate::appended, .first = eventstore::global_position{first}};
}
inline chain_fate confirmed(const head& h) { return {.what = fate::confirmed, .found = h}; }
inline chain_fate conflict(const head& found) { return {.what = fate::conflict, .found = found}; }
inline chain_fate key_found(const head& found, eventstore::key_holder holder,
                            std::size_t step = 0) {
    return {.what = fate::key_found, .found = found, .keys = {{step, std::move(holder)}}};
}

} // namespace datadrop::test
