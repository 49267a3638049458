#pragma once
// What rows are made of: contenders, loads and targets that more than one of them has. Pure; every
// thread.

#include "processor/trials/bench/rows/bench_rows.hpp"

namespace datadrop::processor::trials::bench {

constexpr std::int64_t a_million = 1'000'000;
constexpr const char* by_hand = "by hand"; // a guarded statement a command

/// At least 1.
std::int64_t scaled(std::int64_t number, double scale);

contender ours(const load_plan& plan);

/// The same load by hand-written statements, whose table knows no partitions.
contender guarded(load_plan plan);

target ratio(double at_least, std::size_t against = 1);

/// None without a member.
int guilds_of(std::int64_t members);

/// The members of most rows.
load_plan many_members(const row_options& o);
/// The same over HTTP, one command a request.
load_plan over_http(const row_options& o);

/// Contended members stay in one state, so that nobody has to know what another has sent.
load_plan one_member();

// The rows by what they need.

void add_command_rows(std::vector<row>& rows, const row_options& o); // a log that is short
void add_http_rows(std::vector<row>& rows, const row_options& o);    // and a server
void add_log_rows(std::vector<row>& rows, const row_options& o);     // logs of some length

} // namespace datadrop::processor::trials::bench
