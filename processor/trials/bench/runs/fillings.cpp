#include "processor/trials/bench/runs/fillings.hpp"

#include "eventstore/postgres/driver/session.hpp"
#include "processor/cli/failures.hpp"
#include "processor/cli/progress.hpp"
#include "processor/trials/bench/loads/load_process.hpp"
#include "processor/trials/sql/bench.hpp"
#include "processor/trials/sql/bench_guarded.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace datadrop::processor::trials::bench {
namespace {

namespace postgres = eventstore::postgres;

constexpr std::int64_t in_flight_max = 512;

/// Only our own processor keeps the order of a member's commands.
int in_flight_for(const filling& wanted) {
    if (wanted.by == load_kind::processor) return in_flight_max;
    return static_cast<int>(std::clamp<std::int64_t>(wanted.members / 4, 1, in_flight_max));
}

std::int64_t size_of(const filling& wanted, const std::string& url) {
    return wanted.by == load_kind::guarded ? size_by_hand(url) : log_size(url);
}

void fill(const arena& at, const filling& wanted, const std::string& url) {
    const load_spec all{.kind = wanted.by,
                        .commands = wanted.commands,
                        .in_flight = in_flight_for(wanted),
                        .members = wanted.members,
                        .guilds = wanted.guilds,
                        .commands_max = wanted.events,
                        .key_prefix = "fill"};
    std::vector<load_process> loads;
    loads.emplace_back(all, load_surroundings{.environment = {{"DATADROP_DATABASE", url}},
                                              .log = at.folder / "fill.log"});
    auto printer = cli::stderr_progress("bench: filling a log", "events");
    const auto report = [&] { printer.report(log_size(url), wanted.events); };
    const bool is_log = wanted.by == load_kind::processor;
    run_at_once(loads, {.meanwhile = is_log ? load_process::meanwhile(report) : nullptr},
                at.signals);
    if (const auto found = size_of(wanted, url); found != wanted.events)
        throw cli::refused(
            fmt::format("{} events were to be in the log, and there are {}", wanted.events, found));
}

postgres::session patient_session(const std::string& url) {
    return postgres::session({.database = url, .statement_timeout = std::chrono::milliseconds(0)});
}

/// Otherwise the server would do so by itself, amid what is measured.
void settle(const std::string& url, std::string_view vacuum) {
    patient_session(url).run_script(vacuum);
}

std::string filled(const arena& at, const filling& wanted) {
    if (const auto there = at.place.kept(wanted)) return *there;
    auto url = at.place.to_be_filled(wanted.partitions);
    fill(at, wanted, url);
    at.place.keep(wanted, url);
    return url;
}

std::string written_by_product(const arena& at, const filling& wanted) {
    if (const auto there = at.place.kept(wanted)) return *there;
    auto url = filled(at, wanted);
    settle(url, sql::bench::settle_log);
    return url;
}

void copy_by_hand(const std::string& url) {
    auto db = patient_session(url);
    db.run_script(sql::bench_guarded::schema);
    db.run_script(sql::bench_guarded::copy_log);
    db.run_script(sql::bench_guarded::settle);
}

} // namespace

filling filling_of(const load_plan& plan) {
    const bool by_hand = plan.kind == load_kind::guarded;
    return {.by = by_hand ? load_kind::guarded : load_kind::processor,
            .commands = plan.commands,
            .members = plan.members,
            .guilds = plan.guilds,
            .events = plan.log_events > 0 ? plan.log_events
                                          : plan.members * preparing_commands(plan.commands),
            .partitions = plan.partitions};
}

std::string filled_log(const arena& at, const filling& wanted) {
    if (const auto there = at.place.kept(wanted)) return *there;
    auto log = wanted;
    log.by = load_kind::processor;
    auto url = written_by_product(at, log);
    if (wanted.by != load_kind::guarded) return url;
    copy_by_hand(url);
    at.place.keep(wanted, url);
    return url;
}

std::string filled_copy(const arena& at, const filling& wanted) {
    filled(at, wanted);
    return at.place.copy_of(wanted);
}

} // namespace datadrop::processor::trials::bench
