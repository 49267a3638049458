#include "processor/trials/bench/rows/bench_rows.hpp"

#include "processor/cli/failures.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace datadrop::processor::trials::bench {
namespace {

constexpr std::int64_t a_million = 1'000'000;

std::int64_t scaled(std::int64_t number, double scale) {
    return std::max<std::int64_t>(1, std::llround(static_cast<double>(number) * scale));
}

std::string partitions_text(int partitions) {
    return fmt::format("{} partition{}", partitions, partitions == 1 ? "" : "s");
}

contender ours(const load_plan& plan) { return {"datadrop", plan}; }

/// The same load by hand-written statements, whose table knows no partitions.
contender guarded(load_plan plan) {
    plan.kind = load_kind::guarded;
    plan.partitions = 1;
    return {"guarded statement", plan};
}

contender limit(int rows, int clients) {
    return {fmt::format("limit, {} row{} a transaction, {} client{}", rows, rows == 1 ? "" : "s",
                        clients, clients == 1 ? "" : "s"),
            limit_plan{.rows_a_transaction = rows, .clients = clients}};
}

target ratio(double at_least, std::size_t against = 1) {
    return {.what = judged::ratio, .bound = at_least, .against = against};
}

const target none_dead_lettered{.what = judged::dead_lettered, .bound = 0};

/// None without a member.
int guilds_of(std::int64_t members) {
    constexpr std::int64_t guilds_max = 100;
    return static_cast<int>(std::min(guilds_max, members));
}

/// The members of most rows.
load_plan many_members(const row_options& o) {
    const auto members = scaled(100'000, o.scale);
    return {.members = members, .guilds = guilds_of(members)};
}

/// Contended members stay in one state, so that nobody has to know what another has sent.
load_plan one_member() {
    return {.commands = load_commands::record_email, .members = 1, .guilds = 1};
}

// ---- In process

void add_one_partition(std::vector<row>& rows, const row_options& o) {
    auto plan = many_members(o);
    rows.push_back({.name = "W1",
                    .what = "64 in flight over many members, 1 partition",
                    .contenders = {ours(plan), guarded(plan), limit(50, 1), limit(1, 64)},
                    .targets = {ratio(3), ratio(0.4, 2)}});
    plan.in_flight = 1;
    rows.push_back({.name = "W1-1",
                    .what = "1 in flight over many members, 1 partition",
                    .contenders = {ours(plan), guarded(plan)},
                    .targets = {{.what = judged::latency_ratio, .bound = 1.3}}});
}

void add_partitioned(std::vector<row>& rows, const row_options& o) {
    auto plan = many_members(o);
    plan.partitions = o.partitions;
    rows.push_back({.name = "W1p-64",
                    .what = "64 in flight over many members, " + partitions_text(o.partitions),
                    .contenders = {ours(plan), guarded(plan)},
                    .targets = {ratio(3.5)}});
    plan.in_flight = 256;
    rows.push_back({.name = "W1p-256",
                    .what = "256 in flight over many members, " + partitions_text(o.partitions),
                    .contenders = {ours(plan), guarded(plan), limit(50, 2)},
                    .targets = {ratio(4.5), ratio(0.4, 2)}});
}

void add_contended(std::vector<row>& rows, const row_options& o) {
    auto plan = one_member();
    rows.push_back({.name = "W2",
                    .what = "64 in flight on one member",
                    .contenders = {ours(plan), guarded(plan)},
                    .targets = {ratio(25), none_dead_lettered}});
    plan.in_flight = 32;
    plan.processes = 2;
    auto shared = plan;
    shared.members = scaled(1'000, o.scale);
    shared.guilds = guilds_of(shared.members);
    rows.push_back({.name = "W3",
                    .what = "two processes of 32 in flight on the same members",
                    .contenders = {ours(shared), guarded(shared)},
                    .targets = {ratio(2), none_dead_lettered}});
    rows.push_back({.name = "W4",
                    .what = "two processes of 32 in flight on one member",
                    .contenders = {ours(plan), guarded(plan)},
                    .targets = {ratio(15), none_dead_lettered}});
}

// ---- Over HTTP

load_plan over_http(const row_options& o) {
    auto plan = many_members(o);
    plan.kind = load_kind::http_json;
    plan.partitions = o.partitions;
    return plan;
}

void add_http(std::vector<row>& rows, const row_options& o) {
    auto plan = over_http(o);
    const auto in_process = guarded(many_members(o));
    rows.push_back({.name = "H1",
                    .what = "64 connections, one command a request",
                    .contenders = {ours(plan), in_process},
                    .targets = {ratio(1.5)}});
    plan.commands_a_request = 100;
    rows.push_back({.name = "H2",
                    .what = "64 connections, arrays of 100 in JSON",
                    .contenders = {ours(plan), in_process},
                    .targets = {ratio(2.5)}});
    plan.kind = load_kind::http_flatbuffers;
    rows.push_back({.name = "H3",
                    .what = "64 connections, arrays of 100 in FlatBuffers",
                    .contenders = {ours(plan), in_process},
                    .targets = {ratio(2.5)}});
}

void add_open_loops(std::vector<row>& rows, const row_options& o) {
    auto plan = over_http(o);
    plan.commands_a_second = 1'000;
    rows.push_back({.name = "L",
                    .what = "1,000 commands a second over HTTP, due by the clock",
                    .contenders = {ours(plan)},
                    .targets = {{.what = judged::p99_ms, .bound = 10}}});
    auto peak = over_http(o);
    peak.commands_a_request = 10;
    auto flood = peak;
    flood.in_flight = 800;
    flood.of_peak = 2;
    // Less than the connections have in flight, so that the queue is what fills.
    flood.serve_arguments = {"--queue-limit", "2000"};
    rows.push_back({.name = "O",
                    .what = "twice the peak over HTTP: overload",
                    .contenders = {ours(flood), {"the peak", peak}},
                    .targets = {ratio(0.9), {.what = judged::overloaded_ms, .bound = 50}}});
}

/// What everybody else has of one guild's raid.
void add_flood(std::vector<row>& rows, const row_options& o) {
    auto quiet = over_http(o);
    quiet.members = scaled(10'000, o.scale);
    quiet.guilds = static_cast<int>(std::min<std::int64_t>(10, quiet.members));
    quiet.commands_a_second = 200;
    auto beside = quiet;
    beside.beside = flood_plan{};
    rows.push_back({.name = "F",
                    .what = "200 commands a second of ten guilds beside the flood of another",
                    .contenders = {ours(beside), {"without the flood", quiet}},
                    .targets = {{.what = judged::overloaded, .bound = 0},
                                {.what = judged::p99_ms, .bound = 100}}});
}

// ---- Growth, rebuild and memory

void add_growth(std::vector<row>& rows, const row_options& o) {
    const auto fresh = one_member();
    rows.push_back({.name = "G-half",
                    .what = "64 in flight on one member, the second half of the time",
                    .contenders = {ours(fresh)},
                    .targets = {{.what = judged::half_ratio, .bound = 0.97}}});
    auto old = fresh;
    old.log_events = scaled(a_million, o.scale);
    rows.push_back(
        {.name = "G-member",
         .what = fmt::format("one member with {} events against a new one", old.log_events),
         .contenders = {ours(old), {"a new member", fresh}},
         .targets = {ratio(0.8)}});
}

void add_long_log(std::vector<row>& rows, const row_options& o) {
    const auto small = many_members(o);
    auto big = small;
    big.log_events = scaled(10 * a_million, o.scale);
    rows.push_back({.name = "G-log",
                    .what = fmt::format("64 in flight on a log of {} events against {}",
                                        big.log_events, small.members),
                    .contenders = {ours(big), {"the short log", small}},
                    .targets = {ratio(0.8)}});
}

row rebuild_row(std::int64_t millions, const row_options& o) {
    const auto of = many_members(o);
    const filling log{.members = of.members,
                      .guilds = of.guilds,
                      .events = scaled(millions * a_million, o.scale)};
    return {.name = fmt::format("R-{}M", millions),
            .what = fmt::format("rebuild and verify of {} events", log.events),
            .contenders = {{"rebuild", log_plan{log_work::rebuild, log}},
                           {"INSERT … SELECT DISTINCT ON", log_plan{log_work::distinct_on, log}},
                           {"verify", log_plan{log_work::verify, log}}},
            .targets = {ratio(1.2)}};
}

row memory_row(const row_options& o) {
    auto plan = over_http(o);
    plan.commands_a_request = 100;
    plan.members = scaled(a_million, o.scale);
    plan.before = existence::none;
    return {.name = "M",
            .what = fmt::format("memory of the server after {} members", plan.members),
            .contenders = {ours(plan)},
            .targets = {{.what = judged::memory_megabytes, .bound = 200}},
            .repeats = repetition::once};
}

bool is_named(const row& r, const std::string& word) {
    return r.name == word || r.name.starts_with(word + "-");
}

std::string names_of(const std::vector<row>& rows) {
    std::vector<std::string> names;
    for (const auto& r : rows)
        names.push_back(r.name);
    return fmt::format("{}", fmt::join(names, ", "));
}

} // namespace

void keep_members_apart(load_plan& plan) {
    if (plan.commands != load_commands::toggle) return;
    constexpr std::int64_t members_a_command = 4;
    plan.members =
        std::max(plan.members, members_a_command * plan.in_flight * plan.commands_a_request);
}

std::vector<row> all_rows(const row_options& o) {
    std::vector<row> rows;
    add_one_partition(rows, o);
    add_partitioned(rows, o);
    add_contended(rows, o);
    add_http(rows, o);
    add_open_loops(rows, o);
    add_flood(rows, o);
    add_growth(rows, o);
    rows.push_back(rebuild_row(1, o));
    add_long_log(rows, o);
    rows.push_back(rebuild_row(10, o));
    rows.push_back(memory_row(o));
    for (auto& r : rows)
        for (auto& c : r.contenders)
            if (auto* const plan = std::get_if<load_plan>(&c.how)) keep_members_apart(*plan);
    return rows;
}

std::vector<row> chosen_rows(std::vector<row> all, const std::vector<std::string>& words) {
    if (words.empty()) return all;
    for (const auto& word : words)
        if (std::ranges::none_of(all, [&](const row& r) { return is_named(r, word); }))
            throw cli::usage_error(
                fmt::format("--rows: \"{}\" is no row; there are {}", word, names_of(all)));
    std::erase_if(all, [&](const row& r) {
        return std::ranges::none_of(words, [&](const auto& word) { return is_named(r, word); });
    });
    return all;
}

} // namespace datadrop::processor::trials::bench
