// Commands in process, on logs that are short.

#include "processor/trials/bench/rows/row_parts.hpp"

#include <fmt/format.h>

namespace datadrop::processor::trials::bench {
namespace {

const target none_dead_lettered{.what = judged::dead_lettered, .bound = 0};

std::string partitions_text(int partitions) {
    return fmt::format("{} partition{}", partitions, partitions == 1 ? "" : "s");
}

contender limit(int rows, int clients) {
    return {fmt::format("limit, {} row{} a transaction, {} client{}", rows, rows == 1 ? "" : "s",
                        clients, clients == 1 ? "" : "s"),
            limit_plan{.rows_a_transaction = rows, .clients = clients}};
}

void add_one_partition(std::vector<row>& rows, const row_options& o) {
    auto plan = many_members(o);
    rows.push_back(
        {.name = "W1",
         .what = "64 in flight over many members, 1 partition",
         .contenders = {ours(plan), guarded(plan), limit(50, 1), limit(1, 64)},
         .targets = {ratio(4), ratio(0.55, 2), {.what = judged::cpu_ratio, .bound = 0.2}}});
    // No more than one in flight can warm up.
    plan.members = scaled(10'000, o.scale);
    plan.guilds = guilds_of(plan.members);
    plan.in_flight = 1;
    rows.push_back({.name = "W1-1",
                    .what = "1 in flight over a tenth of the members, 1 partition",
                    .contenders = {ours(plan), guarded(plan)},
                    .targets = {{.what = judged::latency_ratio, .bound = 1.15}}});
}

void add_partitioned(std::vector<row>& rows, const row_options& o) {
    auto plan = many_members(o);
    plan.partitions = o.partitions;
    rows.push_back({.name = "W1p-64",
                    .what = "64 in flight over many members, " + partitions_text(o.partitions),
                    .contenders = {ours(plan), guarded(plan)},
                    .targets = {ratio(4)}});
    plan.in_flight = 256;
    rows.push_back({.name = "W1p-256",
                    .what = "256 in flight over many members, " + partitions_text(o.partitions),
                    .contenders = {ours(plan), guarded(plan), limit(50, 2)},
                    .targets = {ratio(6), ratio(0.5, 2)}});
}

void add_contended(std::vector<row>& rows, const row_options& o) {
    auto plan = one_member();
    rows.push_back({.name = "W2",
                    .what = "64 in flight on one member",
                    .contenders = {ours(plan), guarded(plan)},
                    .targets = {ratio(30), none_dead_lettered}});
    plan.in_flight = 32;
    plan.processes = 2;
    auto shared = plan;
    shared.members = scaled(1'000, o.scale);
    shared.guilds = guilds_of(shared.members);
    rows.push_back({.name = "W3",
                    .what = "two processes of 32 in flight on the same members",
                    .contenders = {ours(shared), guarded(shared)},
                    .targets = {ratio(4), none_dead_lettered}});
    rows.push_back({.name = "W4",
                    .what = "two processes of 32 in flight on one member",
                    .contenders = {ours(plan), guarded(plan)},
                    .targets = {ratio(15), none_dead_lettered}});
}

/// What appends leave behind while somebody else's snapshot still wants to see it.
void add_held_snapshot(std::vector<row>& rows, const row_options& o) {
    auto free = many_members(o);
    free.aged = age_plan{.appends = scaled(100'000, o.scale)};
    auto held = free;
    held.aged->snapshot_held = true;
    rows.push_back(
        {.name = "S",
         .what = fmt::format("W1 with a snapshot held for {} appends", free.aged->appends),
         .contenders = {ours(held), {"without a snapshot", free}},
         .targets = {ratio(0.95)},
         .at = {.repeats = 2}});
}

void add_wal_of_short_log(std::vector<row>& rows, const row_options& o) {
    auto plan = many_members(o);
    plan.commands_max = plan.members;
    rows.push_back({.name = "V-short",
                    .what = "WAL of one command to each of many members, a short log",
                    .contenders = {ours(plan), guarded(plan)},
                    .targets = {{.what = judged::wal_ratio, .bound = 1}},
                    .at = {.repeats = 1}});
}

} // namespace

void add_command_rows(std::vector<row>& rows, const row_options& o) {
    add_one_partition(rows, o);
    add_partitioned(rows, o);
    add_contended(rows, o);
    add_held_snapshot(rows, o);
    add_wal_of_short_log(rows, o);
}

} // namespace datadrop::processor::trials::bench
