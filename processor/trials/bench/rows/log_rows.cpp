// Logs that have grown: whether they are as fast to write, how fast they are read, and by what.

#include "processor/trials/bench/rows/row_parts.hpp"

#include <fmt/format.h>

namespace datadrop::processor::trials::bench {
namespace {

filling log_of_many(std::int64_t millions, const row_options& o) {
    const auto of = many_members(o);
    return {.members = of.members,
            .guilds = of.guilds,
            .events = scaled(millions * a_million, o.scale)};
}

// ---- One member

filling log_of_one(const row_options& o) {
    const auto of = one_member();
    return {.commands = of.commands,
            .members = of.members,
            .guilds = of.guilds,
            .events = scaled(a_million, o.scale)};
}

void add_history(std::vector<row>& rows, const row_options& o) {
    const auto read = [log = log_of_one(o)](read_where where) {
        return read_plan{.what = read_what::history, .where = where, .log = log};
    };
    rows.push_back(
        {.name = "Q-history",
         .what = fmt::format("pages of 1,000 of one member's {} events", log_of_one(o).events),
         .contenders = {{"the last pages", read(read_where::last_pages)},
                        {"the first pages", read(read_where::first_pages)}}});
}

void add_growth_of_one(std::vector<row>& rows, const row_options& o) {
    const auto fresh = one_member();
    rows.push_back({.name = "G-half",
                    .what = "64 in flight on one member, the second half of the time",
                    .contenders = {ours(fresh)},
                    .targets = {{.what = judged::half_ratio, .bound = 0.97}},
                    .at = {.repeats = 1, .measured = std::chrono::seconds(10)}});
    auto old = fresh;
    old.log_events = log_of_one(o).events;
    rows.push_back(
        {.name = "G-member",
         .what = fmt::format("one member with {} events against a new one", old.log_events),
         .contenders = {ours(old), {"a new member", fresh}},
         .targets = {ratio(0.8)}});
}

/// A tenth of the members have left, who have the lowest ids.
void add_members_in_state(std::vector<row>& rows, const row_options& o) {
    filling log{.members = scaled(100'000, o.scale), .guilds = 1};
    log.events = log.members + scaled(10'000, o.scale);
    const auto read = [&log](read_where where) {
        return read_plan{.what = read_what::members_in_state, .where = where, .log = log};
    };
    rows.push_back({.name = "Q-state",
                    .what = fmt::format("pages of 100 of the {} who have left a guild of {}",
                                        log.events - log.members, log.members),
                    .contenders = {{"the last pages, and the rest", read(read_where::last_pages)},
                                   {"the first pages", read(read_where::first_pages)}}});
}

// ---- Many members

void add_catching_up(std::vector<row>& rows, const row_options& o) {
    const auto log = log_of_many(1, o);
    load_plan feed{.kind = load_kind::feed,
                   .in_flight = 1,
                   .commands_max = log.events,
                   .members = log.members,
                   .guilds = log.guilds,
                   .log_events = log.events};
    rows.push_back(
        {.name = "F-old",
         .what = fmt::format("one reader of the feed catches up {} events", log.events),
         .contenders = {ours(feed), {"SELECT, a page a time", log_plan{log_work::pages, log}}},
         .targets = {{.what = judged::a_second, .bound = 100'000}}});
}

void add_rebuild(std::vector<row>& rows, std::int64_t millions, double at_least,
                 const row_options& o) {
    const auto log = log_of_many(millions, o);
    rows.push_back(
        {.name = fmt::format("R-{}M", millions),
         .what = fmt::format("rebuild and verify of {} events", log.events),
         .contenders = {{"rebuild", log_plan{log_work::rebuild, log}},
                        {"INSERT … SELECT DISTINCT ON", log_plan{log_work::distinct_on, log}},
                        {"verify", log_plan{log_work::verify, log}}},
         .targets = {ratio(at_least)}});
}

load_plan on_long_log(const row_options& o) {
    auto plan = many_members(o);
    plan.log_events = log_of_many(10, o).events;
    return plan;
}

void add_long_log(std::vector<row>& rows, const row_options& o) {
    const auto small = many_members(o);
    const auto big = on_long_log(o);
    rows.push_back({.name = "G-log",
                    .what = fmt::format("64 in flight on a log of {} events against {}",
                                        big.log_events, small.members),
                    .contenders = {ours(big), {"the short log", small}},
                    .targets = {ratio(0.85)}});
}

/// The first change of a page after a checkpoint writes the page whole.
void add_wal_of_long_log(std::vector<row>& rows, const row_options& o) {
    auto plan = on_long_log(o);
    plan.commands_max = plan.members;
    plan.after_checkpoint = true;
    rows.push_back({.name = "V-long",
                    .what = fmt::format("WAL of one command to each of many members, a log of {} "
                                        "events, right after a checkpoint",
                                        plan.log_events),
                    .contenders = {ours(plan), guarded(plan)},
                    .targets = {{.what = judged::wal_ratio, .bound = 0.8}},
                    .at = {.repeats = 1}});
}

} // namespace

void add_log_rows(std::vector<row>& rows, const row_options& o) {
    add_history(rows, o);
    add_growth_of_one(rows, o);
    add_members_in_state(rows, o);
    add_catching_up(rows, o);
    add_rebuild(rows, 1, 2, o);
    add_rebuild(rows, 10, 2.5, o);
    add_long_log(rows, o);
    add_wal_of_long_log(rows, o);
}

} // namespace datadrop::processor::trials::bench
