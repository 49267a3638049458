#include "projections/letter_summary.hpp"

#include "projections/dead_letter_json.hpp"
#include "tests/support/print_eventstore.hpp"

using namespace datadrop;
using namespace std::chrono_literals;
using domain::attempt;
using domain::state;
using domain::stream_version;

TEST_SUITE_BEGIN("letter_summary");

namespace {

constexpr auto noon = std::chrono::sys_days{std::chrono::year{2024} / 9 / 1} + 12h;
const domain::member_id ana{domain::guild_id{1}, domain::user_id{2}};
constexpr domain::stated_expectations by_state{.state = true};
constexpr domain::stated_expectations by_version{.version = true};
constexpr domain::stated_expectations by_both{.state = true, .version = true};

/// What a command expected, in each of its attempts.
struct wish {
    state wanted{};
    std::int64_t version = 0;
    domain::stated_expectations stated{};
};

/// What an attempt found, so long after the first.
struct meeting {
    state found{};
    std::int64_t version = 0;
    std::chrono::milliseconds after{};
};

attempt met(const wish& of, const meeting& with) {
    return {.expected_state = of.wanted,
            .expected_version = stream_version{of.version},
            .found_state = with.found,
            .found_version = stream_version{with.version},
            .at = noon + with.after,
            .stated = of.stated};
}

attempt unanswered(std::chrono::milliseconds after) {
    return {.at = noon + after, .why = "the connection was lost", .stated = by_state};
}

/// Ana left by the API at version 4, 3 s before the first attempt; at version 5, by an operator,
/// she joined again after it.
const projections::winners won{
    {{ana, stream_version{4}},
     {.event = domain::event_kind::member_left, .from = domain::source::api, .at = noon - 3s}},
    {{ana, stream_version{5}},
     {.event = domain::event_kind::member_joined,
      .from = domain::source::operator_,
      .actor = "olga",
      .at = noon + 1ms}}};

std::string summary_of(const std::vector<attempt>& attempts) {
    domain::command_parked parked;
    parked.command.who = ana;
    parked.attempts = attempts;
    eventstore::stored_dead_letter_event event;
    event.who = ana;
    event.what = std::move(parked);
    return projections::letter_summary(projections::dead_letter_json({&event, 1}, won));
}

std::vector<attempt> times(int count, const wish& of, meeting with, std::chrono::milliseconds all) {
    std::vector<attempt> attempts;
    for (int i = 0; i < count; ++i) {
        attempts.push_back(met(of, with));
        with.after = all * (i + 1) / std::max(1, count - 1);
    }
    return attempts;
}

std::vector<attempt> joined(std::vector<attempt> first, const std::vector<attempt>& then) {
    first.insert(first.end(), then.begin(), then.end());
    return first;
}

struct example {
    std::vector<attempt> attempts;
    const char* summary;
};

const wish verified{.wanted = state::verified, .stated = by_state};
const meeting left{.found = state::left_guild, .version = 4};
const meeting again{.found = state::invited_or_joined, .version = 5};
const meeting nobody{.found = state::none, .version = 0};

} // namespace

TEST_CASE("what was wanted, what was found how often, and who had won") {
    const example examples[] = {
        {times(5, verified, left, 240ms),
         "wanted Verified, found LeftGuild five times in 240 ms; api moved it there 3 s before by "
         "Leave"},
        {times(1, verified, left, 0ms),
         "wanted Verified, found LeftGuild once; api moved it there 3 s before by Leave"},
        {joined(times(2, verified, left, 3ms),
                {met(verified, {again.found, again.version, 400ms})}),
         "wanted Verified, found LeftGuild twice, then InvitedOrJoined once in 400 ms; operator "
         "(olga) moved it there meanwhile by Join"},
        {times(3, verified, nobody, 90ms), "wanted Verified, found None three times in 90 ms"},
        {times(1, {.version = 6, .stated = by_version}, left, 0ms),
         "wanted version 6, found LeftGuild at version 4 once; api moved it there 3 s before by "
         "Leave"},
        {times(1, {.wanted = state::left_guild, .version = 6, .stated = by_both}, left, 0ms),
         "wanted LeftGuild at version 6, found LeftGuild at version 4 once; api moved it there 3 s "
         "before by Leave"},
        {times(12, {}, again, 3s),
         "somebody else wrote first 12 times in 3 s; operator (olga) moved it to InvitedOrJoined "
         "meanwhile by Join"},
        {joined(times(2, verified, left, 9ms), times(1, {.stated = by_state}, {}, 0ms)),
         "wanted Verified, found LeftGuild twice, and somebody else wrote first once in 0 ms"},
        {joined(times(1, verified, left, 0ms), {unanswered(1ms), unanswered(400ms)}),
         "wanted Verified, found LeftGuild once, and the database did not answer twice (the "
         "connection was lost) in 400 ms; api moved it there 3 s before by Leave"},
        {{unanswered(0ms)}, "the database did not answer once (the connection was lost)"},
        {{}, "no attempt is on record"}};
    for (const auto& [attempts, summary] : examples)
        CHECK_EQ(summary_of(attempts), summary);
}

TEST_CASE("a letter of another program is told as far as it is known") {
    CHECK_EQ(projections::letter_summary({}), "no attempt is on record");
    CHECK_EQ(projections::letter_summary({{"attempts", {{{"why", 7}}}}}),
             "the database did not answer once ()");
}

TEST_SUITE_END();
