// Commands over HTTP, to a server in a process of its own.

#include "processor/trials/bench/rows/row_parts.hpp"

#include <fmt/format.h>

namespace datadrop::processor::trials::bench {
namespace {

void add_closed_loops(std::vector<row>& rows, const row_options& o) {
    auto plan = over_http(o);
    const auto in_process = guarded(many_members(o));
    rows.push_back({.name = "H1",
                    .what = "64 connections, one command a request",
                    .contenders = {ours(plan), in_process},
                    .targets = {ratio(2.2)}});
    auto secure = plan;
    secure.in_tls = true;
    rows.push_back({.name = "H1-TLS",
                    .what = "64 connections in TLS, one command a request",
                    .contenders = {ours(secure), {"without TLS", plan}},
                    .targets = {ratio(0.8)}});
    plan.commands_a_request = 100;
    rows.push_back({.name = "H2",
                    .what = "64 connections, arrays of 100 in JSON",
                    .contenders = {ours(plan), in_process},
                    .targets = {ratio(5.5)}});
    plan.kind = load_kind::http_flatbuffers;
    rows.push_back({.name = "H3",
                    .what = "64 connections, arrays of 100 in FlatBuffers",
                    .contenders = {ours(plan), in_process},
                    .targets = {ratio(5.5)}});
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
    auto overload = peak;
    overload.in_flight = 800;
    overload.of_peak = 2;
    // Less than the connections have in flight, so that the queue is what fills.
    overload.serve_arguments = {"--queue-limit", "2000"};
    rows.push_back({.name = "O",
                    .what = "twice the peak over HTTP: overload",
                    .contenders = {ours(overload), {"the peak", peak}},
                    .targets = {ratio(0.9), {.what = judged::overloaded_ms, .bound = 50}}});
}

/// What everybody else has of one guild's raid.
void add_flood(std::vector<row>& rows, const row_options& o) {
    auto quiet = over_http(o);
    quiet.commands_a_second = 1'000;
    auto peak = over_http(o);
    peak.commands_a_request = 100;
    auto beside = quiet;
    // More in flight than a guild's share of the queue, so that the share is what fills.
    beside.beside = beside_plan{
        .in_flight = 200, .commands_a_request = 100, .of_peak = 2, .of_its_own_guild = true};
    rows.push_back({.name = "N",
                    .what = "1,000 commands a second of many guilds beside one that sends twice "
                            "the peak",
                    .contenders = {ours(beside), {"without the flood", quiet}, {"the peak", peak}},
                    .targets = {{.what = judged::p99_ratio, .bound = 3},
                                {.what = judged::overloaded, .bound = 0}}});
}

void add_live_feed(std::vector<row>& rows, const row_options& o) {
    auto one = over_http(o);
    one.kind = load_kind::feed;
    one.in_flight = 1;
    one.beside = beside_plan{.commands_a_second = 1'000};
    auto many = one;
    many.in_flight = 200;
    rows.push_back({.name = "F-live",
                    .what = "200 readers of the feed beside 1,000 commands a second",
                    .contenders = {ours(many), {"one reader", one}},
                    .targets = {{.what = judged::p99_ms, .bound = 100}}});
}

void add_memory(std::vector<row>& rows, const row_options& o) {
    auto plan = over_http(o);
    plan.commands_a_request = 100;
    plan.members = scaled(a_million, o.scale);
    plan.commands_max = plan.members;
    plan.before = existence::none;
    rows.push_back({.name = "M",
                    .what = fmt::format("memory of the server after {} members", plan.members),
                    .contenders = {ours(plan)},
                    .targets = {{.what = judged::memory_megabytes, .bound = 80}},
                    .at = {.repeats = 1}});
}

} // namespace

void add_http_rows(std::vector<row>& rows, const row_options& o) {
    add_closed_loops(rows, o);
    add_open_loops(rows, o);
    add_flood(rows, o);
    add_live_feed(rows, o);
    add_memory(rows, o);
}

} // namespace datadrop::processor::trials::bench
