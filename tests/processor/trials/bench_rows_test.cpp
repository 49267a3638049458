// What the benchmark promises to measure, and against what.

#include "processor/trials/bench/rows/bench_rows.hpp"

#include "processor/cli/failures.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace {

using namespace datadrop::processor;
using namespace datadrop::processor::trials;
using namespace datadrop::processor::trials::bench;

std::string text_of(judged what) {
    constexpr const char* names[] = {"ratio", "latency",    "half",   "dead",
                                     "p99",   "overloaded", "memory", "refused"};
    return names[static_cast<std::size_t>(what)];
}

/// "ratio 3 of guarded statement", a line a target.
std::string targets_of(const row& r) {
    std::string text;
    for (const auto& t : r.targets) {
        char bound[32];
        std::snprintf(bound, sizeof bound, "%g", t.bound);
        text += text_of(t.what) + " " + bound;
        const bool compares = t.what == judged::ratio || t.what == judged::latency_ratio;
        text += compares ? " of " + r.contenders.at(t.against).name + "\n" : "\n";
    }
    return text;
}

std::string names_of(const std::vector<row>& rows) {
    std::string text;
    for (const auto& r : rows)
        text += r.name + " ";
    return text;
}

row row_named(const std::string& name, const row_options& o = {.partitions = 2}) {
    return chosen_rows(all_rows(o), {name}).at(0);
}

const load_plan& plan(const row& r, std::size_t contender = 0) {
    return std::get<load_plan>(r.contenders.at(contender).how);
}

const std::string guarded = " of guarded statement\n";

// clang-format off
const std::pair<const char*, std::string> wanted_targets[] = {
    {"W1",       "ratio 3" + guarded + "ratio 0.4 of limit, 50 rows a transaction, 1 client\n"},
    {"W1-1",     "latency 1.3" + guarded},
    {"W1p-64",   "ratio 3.5" + guarded},
    {"W1p-256",  "ratio 4.5" + guarded + "ratio 0.4 of limit, 50 rows a transaction, 2 clients\n"},
    {"W2",       "ratio 25" + guarded + "dead 0\n"},
    {"W3",       "ratio 2" + guarded + "dead 0\n"},
    {"W4",       "ratio 15" + guarded + "dead 0\n"},
    {"H1",       "ratio 1.5" + guarded},
    {"H2",       "ratio 2.5" + guarded},
    {"H3",       "ratio 2.5" + guarded},
    {"L",        "p99 10\n"},
    {"O",        "ratio 0.9 of the peak\noverloaded 50\n"},
    {"F",        "refused 0\np99 100\n"},
    {"G-half",   "half 0.97\n"},
    {"G-member", "ratio 0.8 of a new member\n"},
    {"R-1M",     "ratio 1.2 of INSERT … SELECT DISTINCT ON\n"},
    {"G-log",    "ratio 0.8 of the short log\n"},
    {"R-10M",    "ratio 1.2 of INSERT … SELECT DISTINCT ON\n"},
    {"M",        "memory 200\n"},
};
// clang-format on

} // namespace

TEST_SUITE("bench rows") {
    TEST_CASE("each row has its targets") {
        CHECK(all_rows({.partitions = 2}).size() == std::size(wanted_targets));
        for (const auto& [name, targets] : wanted_targets) {
            CAPTURE(name);
            CHECK(targets_of(row_named(name)) == targets);
        }
    }

    TEST_CASE("the yardstick has as much in flight, as many processes and the same members") {
        for (const auto* name : {"W1", "W1-1", "W1p-64", "W1p-256", "W2", "W3", "W4"}) {
            const auto r = row_named(name);
            CAPTURE(name);
            CHECK(plan(r, 1).kind == load_kind::guarded);
            CHECK(plan(r, 1).partitions == 1);
            CHECK(plan(r, 1).in_flight == plan(r).in_flight);
            CHECK(plan(r, 1).processes == plan(r).processes);
            CHECK(plan(r, 1).members == plan(r).members);
            CHECK(plan(r, 1).commands == plan(r).commands);
        }
    }

    TEST_CASE("the number of partitions is that of W1p and of HTTP, and of no other") {
        for (const auto& r : all_rows({.partitions = 7})) {
            const auto* const own = std::get_if<load_plan>(&r.contenders[0].how);
            if (own == nullptr) continue;
            CAPTURE(r.name);
            const bool http = own->kind != load_kind::processor;
            CHECK(own->partitions == (r.name.starts_with("W1p") || http ? 7 : 1));
        }
    }

    TEST_CASE("a scale shrinks members and events, but never below what a load needs") {
        const row_options small{.partitions = 1, .scale = 0.01};
        CHECK(plan(row_named("W1", small)).members == 1'000);
        CHECK(plan(row_named("W1p-256", small)).members == 1'024); // four a command in flight
        CHECK(plan(row_named("W2", small)).members == 1);
        CHECK(plan(row_named("G-log", small)).log_events == 100'000);
        for (const auto& r : all_rows({.partitions = 1, .scale = 0.0001}))
            for (const auto& c : r.contenders)
                if (const auto* p = std::get_if<load_plan>(&c.how)) CHECK(p->guilds <= p->members);
    }

    TEST_CASE("a word chooses its row and those that begin with it and a dash") {
        const auto all = all_rows({});
        CHECK(names_of(chosen_rows(all, {"W1"})) == "W1 W1-1 ");
        CHECK(names_of(chosen_rows(all, {"R", "W2"})) == "W2 R-1M R-10M ");
        CHECK(chosen_rows(all, {}).size() == all.size());
        CHECK_THROWS_AS(chosen_rows(all, {"W1", "W"}), cli::usage_error);
    }
}
