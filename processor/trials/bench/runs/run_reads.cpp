#include "eventstore/postgres/database.hpp"
#include "eventstore/postgres/driver/session.hpp"
#include "processor/cli/failures.hpp"
#include "processor/trials/bench/loads/load_book.hpp"
#include "processor/trials/bench/loads/load_script.hpp"
#include "processor/trials/bench/runs/fillings.hpp"
#include "projections/read_model.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace datadrop::processor::trials::bench {
namespace {

namespace postgres = eventstore::postgres;
using std::chrono::steady_clock;

constexpr std::int64_t pages_max = 20;

/// Pages from one place on, of so many items each.
struct pages {
    std::int64_t count = 0;
    std::int64_t first = 0; // items before it
    std::int64_t size = 0;
};

pages pages_of(std::int64_t items, std::int64_t size, read_where where) {
    const auto all = items / size;
    const auto count = std::clamp<std::int64_t>(all, 1, pages_max);
    const auto first =
        where == read_where::first_pages ? 0 : std::max<std::int64_t>(0, all - count);
    return {.count = count, .first = first * size, .size = std::min(size, items)};
}

/// Reads one page after the other; `read(items before)` tells how many items it got.
template <typename Read>
run_figures timed(const pages& wanted, Read read) {
    std::deque<std::uint32_t> took;
    const auto begun = steady_clock::now();
    for (std::int64_t i = 0; i < wanted.count; ++i) {
        const auto before = wanted.first + i * wanted.size;
        const auto asked = steady_clock::now();
        if (const auto got = read(before); got < wanted.size)
            throw cli::refused(
                fmt::format("a page behind {} items has {} of {}", before, got, wanted.size));
        took.push_back(static_cast<std::uint32_t>(
            std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - asked)
                .count()));
    }
    const auto seconds = std::chrono::duration<double>(steady_clock::now() - begun).count();
    load_report report{.seconds = seconds, .accepted = wanted.count};
    report.accepted_after = latencies_of(took);
    return {.per_second = static_cast<double>(wanted.count) / seconds, .answers = report};
}

load_spec members_in(const filling& log) {
    return {.members = log.members, .guilds = log.guilds, .key_prefix = {}};
}

run_figures read_history(const std::string& database, const read_plan& plan) {
    constexpr std::int64_t page_events = 1'000;
    const auto log = postgres::open_log({.database = database}, plan.log.partitions);
    const auto who = member_at(members_in(plan.log), 0);
    return timed(pages_of(plan.log.events, page_events, plan.where), [&](std::int64_t before) {
        const auto page = log->history(who, domain::stream_version{before}, page_events);
        return static_cast<std::int64_t>(page.size());
    });
}

/// Those who left are the members with the lowest numbers.
run_figures read_members(const std::string& database, const read_plan& plan) {
    constexpr std::int64_t page_members = 100;
    projections::read_model model({.database = database}, plan.log.partitions);
    model.connect();
    const auto of = members_in(plan.log);
    const auto left = plan.log.events - plan.log.members;
    return timed(pages_of(left, page_members, plan.where), [&](std::int64_t before) {
        projections::member_query query{.guild = member_at(of, 0).guild,
                                        .state = domain::state::left_guild};
        // One more than is shown tells whether another page follows.
        query.limit = page_members + 1;
        if (before > 0) query.after = member_at(of, before - 1);
        const auto found = static_cast<std::int64_t>(model.members(query).size());
        return std::min(found, page_members);
    });
}

} // namespace

run_figures run_reads(const arena& at, const read_plan& plan) {
    const bool is_filled = at.place.kept(plan.log).has_value();
    const auto database = filled_log(at, plan.log);
    if (!is_filled) run_projection(at, database, "rebuild"); // what is read has caught up
    return plan.what == read_what::history ? read_history(database, plan)
                                           : read_members(database, plan);
}

} // namespace datadrop::processor::trials::bench
