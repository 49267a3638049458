// What commits wait for, and what keeps the server from cleaning up behind them.

#include "eventstore/postgres/doctor/checks.hpp"
#include "eventstore/postgres/doctor/remedies.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace datadrop::eventstore::postgres::doctor {
namespace {

constexpr std::string_view standby_names = "synchronous_standby_names";

std::int64_t synchronous_standbys(const facts& f) {
    return std::ranges::count_if(f.standbys, &standby::is_synchronous);
}

std::string names_of(const std::vector<standby>& all) {
    std::string text;
    for (const auto& one : all)
        text += (text.empty() ? "" : ", ") + one.name;
    return text;
}

/// Those of the commits' waits that are against what is promised.
findings misplaced_waits(const facts& f) {
    const bool is_named = !f.value_of(standby_names).empty();
    if (!is_named && !f.standbys.empty())
        return {{.how_bad = severity::warning,
                 .what = "no commit waits for a standby, and there is: " + names_of(f.standbys),
                 .why =
                     "what was accepted last is lost when one of them takes the primary's place; "
                     "for one that never does, nothing has to be done",
                 .remedy = set(f, standby_names, "*")}};
    // Who may not see the standbys' states sees none of them synchronous.
    if (is_named && f.sees_statistics && synchronous_standbys(f) < f.synchronous_standbys_wanted)
        return {{.how_bad = severity::error,
                 .what = fmt::format("commits wait for {} of the standbys {}, and {} are there",
                                     f.synchronous_standbys_wanted, f.value_of(standby_names),
                                     synchronous_standbys(f)),
                 .why = "nothing is accepted until they are",
                 .remedy = {"bring the standby back, or do without (what is accepted then is lost "
                            "with this machine):",
                            fmt::format("ALTER SYSTEM SET {} = '';", standby_names),
                            "SELECT pg_reload_conf();"}}};
    return {};
}

findings unheard_wait(const facts& f) {
    const auto wait = f.value_of("synchronous_commit");
    if (wait == "off" || wait == "local")
        return {{.how_bad = severity::note,
                 .what = fmt::format("synchronous_commit is {}", wait),
                 .why = "datadrop's own commits wait all the same; what others write to this "
                        "database, or with this role, may be lost at a crash",
                 .remedy = set(f, "synchronous_commit", "on")}};
    if (wait == "remote_write" && !f.value_of(standby_names).empty())
        return {{.how_bad = severity::warning,
                 .what = "synchronous_commit is remote_write",
                 .why =
                     "what was accepted may be in the memory of the standby's system alone: with "
                     "both machines it is lost",
                 .remedy = set(f, "synchronous_commit", "on")}};
    return {};
}

std::string waits_text(const facts& f) {
    if (f.standbys.empty()) return "for this machine's disk; no standby is connected";
    return fmt::format("for this machine's disk and {} of {} standbys",
                       f.synchronous_standbys_wanted, f.standbys.size());
}

finding held(const held_snapshot& by, severity how_bad) {
    return {.how_bad = how_bad,
            .what = fmt::format("the session {} ({}, {}, {}) has had its transaction open for {}",
                                by.pid, by.role, by.program.empty() ? "no name" : by.program,
                                by.state, time_text(by.seconds)),
            .why = "no dead row can be removed behind it: tables grow, and the membership table "
                   "becomes slow",
            .remedy = {fmt::format("SELECT pg_terminate_backend({});", by.pid)}};
}

/// Autovacuum comes when a fifth of a table is dead: with two it is far behind.
bool is_behind(const table& t, const limits& l) {
    return t.dead_rows > l.dead_rows_min && t.dead_rows > 2 * t.live_rows / 5;
}

findings neglected_tables(const facts& f, const limits& l) {
    findings said;
    for (const auto& t : f.tables) {
        if (t.is_left_alone)
            said.push_back(
                {.how_bad = severity::warning,
                 .what = "autovacuum is switched off for " + t.name,
                 .why = "its dead rows are never removed",
                 .remedy = {fmt::format("ALTER TABLE {} RESET (autovacuum_enabled);", t.name)}});
        if (is_behind(t, l))
            said.push_back({.how_bad = severity::warning,
                            .what = fmt::format("{} has {} dead rows beside {} live ones", t.name,
                                                t.dead_rows, t.live_rows),
                            .why = "autovacuum is behind, or kept from its work by what is told "
                                   "under snapshots, prepared and slots",
                            .remedy = {fmt::format("VACUUM (ANALYZE) {};", t.name)}});
    }
    return said;
}

/// The server ends all writes when two thousand million are reached.
findings unfrozen(const facts& f) {
    if (f.transactions_age <= f.freeze_age_max + f.freeze_age_max / 2) return {};
    return {{.how_bad = f.transactions_age > 1'000'000'000 ? severity::error : severity::warning,
             .what = fmt::format("the oldest rows were written {} transactions ago, and autovacuum "
                                 "begins to freeze at {}",
                                 f.transactions_age, f.freeze_age_max),
             .why = "at two thousand million the server takes no writes any more",
             .remedy = {"VACUUM (FREEZE);"}}};
}

findings switched_off(const facts& f) {
    findings said;
    for (const std::string_view name : {"autovacuum", "track_counts"})
        if (f.value_of(name) == "off")
            said.push_back({.how_bad = severity::warning,
                            .what = fmt::format("{} is off", name),
                            .why = "dead rows are never removed, and the server stops when its "
                                   "transaction numbers run out",
                            .remedy = set(f, name, "on")});
    return said;
}

} // namespace

findings judge_commits(const facts& f, const limits& /*l*/) {
    if (f.is_standby)
        return {{.how_bad = severity::error,
                 .what = "the server is a standby",
                 .why = "no command can be written to it",
                 .remedy = {"name the primary, or both hosts (host=ONE,OTHER); when the primary is "
                            "gone for good:",
                            "SELECT pg_promote();"}}};
    auto said = misplaced_waits(f);
    for (auto& one : unheard_wait(f))
        said.push_back(std::move(one));
    if (said.empty()) said.push_back(well(waits_text(f)));
    return said;
}

findings judge_snapshots(const facts& f, const limits& l) {
    findings said;
    for (const auto& by : f.snapshots) {
        if (by.seconds < l.snapshot_seconds_noted) continue;
        said.push_back(
            held(by, by.seconds < l.snapshot_seconds_max ? severity::note : severity::warning));
    }
    if (said.empty())
        said.push_back(
            well(f.sees_statistics ? "none is held for long" : "this role holds none for long"));
    return said;
}

findings judge_prepared(const facts& f, const limits& l) {
    findings said;
    for (const auto& p : f.prepared) {
        if (p.seconds < l.prepared_seconds_max) continue;
        said.push_back({.how_bad = severity::warning,
                        .what = fmt::format("the transaction {} of {} was prepared {} ago", p.name,
                                            p.owner, time_text(p.seconds)),
                        .why =
                            "it holds its locks and keeps dead rows, over restarts too; datadrop "
                            "prepares none, so some other program has forgotten it",
                        .remedy = {fmt::format("ROLLBACK PREPARED {};", literal(p.name))}});
    }
    if (said.empty()) said.push_back(well("no transaction was left prepared"));
    return said;
}

findings judge_slots(const facts& f, const limits& l) {
    findings said;
    for (const auto& s : f.slots) {
        if (s.is_active && s.bytes_kept <= l.slot_bytes_max) continue;
        said.push_back(
            {.how_bad = severity::warning,
             .what = fmt::format("the replication slot {} keeps {} of WAL, {}", s.name,
                                 size_text(s.bytes_kept),
                                 s.is_active ? "and its reader is behind" : "and nobody reads it"),
             .why = "WAL is kept until it is read: the disk fills up, and the server stops",
             .remedy = s.is_active ? std::vector<std::string>{"see why its reader is slow"}
                                   : std::vector<std::string>{
                                         "bring its reader back, or, if it is gone:",
                                         fmt::format("SELECT pg_drop_replication_slot({});",
                                                     literal(s.name))}});
    }
    if (said.empty()) said.push_back(well(fmt::format("{}, all read", f.slots.size())));
    return said;
}

findings judge_autovacuum(const facts& f, const limits& l) {
    auto said = switched_off(f);
    for (auto&& more : {neglected_tables(f, l), unfrozen(f)})
        said.insert(said.end(), more.begin(), more.end());
    if (said.empty()) said.push_back(well("is on, and keeps up"));
    return said;
}

} // namespace datadrop::eventstore::postgres::doctor
