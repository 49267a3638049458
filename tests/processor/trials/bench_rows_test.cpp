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
    constexpr const char* names[] = {"ratio", "latency",    "p99 ratio", "CPU",
                                     "WAL",   "rate",       "half",      "dead",
                                     "p99",   "overloaded", "memory",    "refused"};
    return names[static_cast<std::size_t>(what)];
}

/// "ratio 3 of guarded statement", a line a target.
std::string targets_of(const row& r) {
    std::string text;
    for (const auto& t : r.targets) {
        char bound[32];
        std::snprintf(bound, sizeof bound, "%g", t.bound);
        text += text_of(t.what) + " " + bound;
        const bool compares = t.what <= judged::wal_ratio;
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

const std::string by_hand = " of by hand\n";

// clang-format off
const std::pair<const char*, std::string> wanted_targets[] = {
    {"W1",        "ratio 4" + by_hand + "ratio 0.55 of limit, 50 rows a transaction, 1 client\n"
                  "CPU 0.2" + by_hand},
    {"W1-1",      "latency 1.15" + by_hand},
    {"W1p-64",    "ratio 4" + by_hand},
    {"W1p-256",   "ratio 6" + by_hand + "ratio 0.5 of limit, 50 rows a transaction, 2 clients\n"},
    {"W2",        "ratio 30" + by_hand + "dead 0\n"},
    {"W3",        "ratio 4" + by_hand + "dead 0\n"},
    {"W4",        "ratio 15" + by_hand + "dead 0\n"},
    {"S",         "ratio 0.95 of without a snapshot\n"},
    {"V-short",   "WAL 1" + by_hand},
    {"H1",        "ratio 2.2" + by_hand},
    {"H1-TLS",    "ratio 0.8 of without TLS\n"},
    {"H2",        "ratio 5.5" + by_hand},
    {"H3",        "ratio 5.5" + by_hand},
    {"L",         "p99 10\n"},
    {"O",         "ratio 0.9 of the peak\noverloaded 50\n"},
    {"N",         "p99 ratio 3 of without the flood\nrefused 0\n"},
    {"F-live",    "p99 100\n"},
    {"M",         "memory 80\n"},
    {"Q-history", ""},
    {"G-half",    "half 0.97\n"},
    {"G-member",  "ratio 0.8 of a new member\n"},
    {"Q-state",   ""},
    {"F-old",     "rate 100000\n"},
    {"R-1M",      "ratio 2 of INSERT … SELECT DISTINCT ON\n"},
    {"R-10M",     "ratio 2.5 of INSERT … SELECT DISTINCT ON\n"},
    {"G-log",     "ratio 0.85 of the short log\n"},
    {"V-long",    "WAL 0.8" + by_hand},
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
        for (const auto* name :
             {"W1", "W1-1", "W1p-64", "W1p-256", "W2", "W3", "W4", "V-short", "V-long"}) {
            const auto r = row_named(name);
            CAPTURE(name);
            CHECK(plan(r, 1).kind == load_kind::guarded);
            CHECK(plan(r, 1).partitions == 1);
            CHECK(plan(r, 1).in_flight == plan(r).in_flight);
            CHECK(plan(r, 1).processes == plan(r).processes);
            CHECK(plan(r, 1).members == plan(r).members);
            CHECK(plan(r, 1).commands == plan(r).commands);
            CHECK(plan(r, 1).commands_max == plan(r).commands_max);
            CHECK(plan(r, 1).log_events == plan(r).log_events);
            CHECK(plan(r, 1).after_checkpoint == plan(r).after_checkpoint);
        }
    }

    TEST_CASE("the number of partitions is that of W1p and of HTTP, and of no other") {
        for (const auto& r : all_rows({.partitions = 7})) {
            const auto* const own = std::get_if<load_plan>(&r.contenders[0].how);
            if (own == nullptr) continue;
            CAPTURE(r.name);
            const bool http = own->kind != load_kind::processor && own->log_events == 0;
            CHECK(own->partitions == (r.name.starts_with("W1p") || http ? 7 : 1));
        }
    }

    TEST_CASE("what a row is about is all that its contenders differ in") {
        const auto held = row_named("S");
        CHECK(plan(held).aged->appends == 100'000);
        CHECK(plan(held).aged->snapshot_held);
        CHECK(plan(held, 1).aged->appends == 100'000);
        CHECK_FALSE(plan(held, 1).aged->snapshot_held);
        const auto flood = row_named("N");
        CHECK(plan(flood).commands_a_second == 1'000);
        CHECK(plan(flood).guilds == 100);
        CHECK(plan(flood).beside->of_peak == 2);
        CHECK(plan(flood).beside->of_its_own_guild);
        CHECK(plan(flood, 1).commands_a_second == 1'000);
        CHECK_FALSE(plan(flood, 1).beside);
        CHECK(plan(flood, 2).commands_a_request == plan(flood).beside->commands_a_request);
        const auto live = row_named("F-live");
        CHECK(plan(live).in_flight == 200);
        CHECK(plan(live, 1).in_flight == 1);
        CHECK(plan(live, 1).beside->commands_a_second == 1'000);
    }

    TEST_CASE("rows that add to a filled log come after those that read it") {
        const auto all = names_of(all_rows({}));
        CHECK(all.find("Q-history") < all.find("G-member"));
        CHECK(all.find("F-old") < all.find("R-1M"));
        CHECK(all.find("R-10M") < all.find("G-log"));
        CHECK(all.find("G-log") < all.find("V-long"));
    }

    TEST_CASE("a scale shrinks members and events, but never below what a load needs") {
        const row_options small{.partitions = 1, .scale = 0.01};
        CHECK(plan(row_named("W1", small)).members == 1'000);
        CHECK(plan(row_named("W1p-256", small)).members == 1'024); // four a command in flight
        CHECK(plan(row_named("W2", small)).members == 1);
        CHECK(plan(row_named("G-log", small)).log_events == 100'000);
        for (const auto& r : all_rows({.partitions = 1, .scale = 0.0001}))
            for (const auto& c : r.contenders)
                if (const auto* p = std::get_if<load_plan>(&c.how)) {
                    CHECK(p->guilds <= p->members);
                    if (p->beside && !p->beside->of_its_own_guild)
                        CHECK(p->members >= 4 * p->beside->in_flight);
                }
    }

    TEST_CASE("a word chooses its row and those that begin with it and a dash") {
        const auto all = all_rows({});
        CHECK(names_of(chosen_rows(all, {"W1"})) == "W1 W1-1 ");
        CHECK(names_of(chosen_rows(all, {"R", "W2"})) == "W2 R-1M R-10M ");
        CHECK(chosen_rows(all, {}).size() == all.size());
        CHECK_THROWS_AS(chosen_rows(all, {"W1", "W"}), cli::usage_error);
    }
}
