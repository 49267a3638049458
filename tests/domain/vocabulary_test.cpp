// Names are a contract with clients and numbers stand in stored rows: a change here is a break.
#include "domain/vocabulary.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace datadrop::domain;

namespace {

template <typename Enum>
std::string numbered() {
    std::string text;
    for (std::size_t i = 0; i < count_of<Enum>; ++i)
        text += std::to_string(i) + " " + std::string(name_of(static_cast<Enum>(i))) + "\n";
    return text;
}

/// Every name is read as its own value, every number too, and nothing else is.
template <typename Enum>
void check_reading() {
    for (std::size_t i = 0; i < count_of<Enum>; ++i) {
        const auto value = static_cast<Enum>(i);
        CHECK((parse<Enum>(name_of(value)) == value));
        CHECK((from_number<Enum>(number_of(value)) == value));
    }
    const std::string first(names<Enum>[0]);
    for (const auto& other : {std::string(), first + " ", " " + first, first + '\0', first + "x"})
        CHECK_FALSE(parse<Enum>(other).has_value());
    CHECK_FALSE(from_number<Enum>(-1).has_value());
    CHECK_FALSE(from_number<Enum>(static_cast<std::int64_t>(count_of<Enum>)).has_value());
    CHECK_FALSE(from_number<Enum>(256).has_value());
}

template <typename Enum>
constexpr bool has_words = requires(Enum value) {
    name_of(value);
    number_of(value);
    parse<Enum>("");
    from_number<Enum>(0);
    count_of<Enum>;
};

} // namespace

TEST_SUITE_BEGIN("vocabulary");

TEST_CASE("states: names and numbers are frozen") {
    CHECK_EQ(numbered<state>(), "0 None\n"
                                "1 InvitedOrJoined\n"
                                "2 OnboardingInProgress\n"
                                "3 OnboardingCompleted\n"
                                "4 RoleEligible\n"
                                "5 RulesAccepted\n"
                                "6 VerificationPending\n"
                                "7 Verified\n"
                                "8 RejectedNotEligible\n"
                                "9 Kicked\n"
                                "10 LeftGuild\n"
                                "11 Banned\n");
}

TEST_CASE("commands: names and numbers are frozen") {
    CHECK_EQ(numbered<command_kind>(), "0 Join\n"
                                       "1 BeginOnboarding\n"
                                       "2 CompleteOnboarding\n"
                                       "3 GrantEligibility\n"
                                       "4 RejectEligibility\n"
                                       "5 AcceptRules\n"
                                       "6 RequestVerification\n"
                                       "7 RecordEmail\n"
                                       "8 ConfirmVerification\n"
                                       "9 OverrideVerification\n"
                                       "10 RequireReverification\n"
                                       "11 ExpireVerification\n"
                                       "12 Kick\n"
                                       "13 Leave\n"
                                       "14 Ban\n"
                                       "15 LiftBan\n");
}

TEST_CASE("events: names and numbers are frozen") {
    CHECK_EQ(numbered<event_kind>(), "0 MemberJoined\n"
                                     "1 OnboardingBegun\n"
                                     "2 OnboardingCompleted\n"
                                     "3 EligibilityGranted\n"
                                     "4 EligibilityRejected\n"
                                     "5 RulesAccepted\n"
                                     "6 VerificationRequested\n"
                                     "7 EmailRecorded\n"
                                     "8 VerificationConfirmed\n"
                                     "9 VerificationOverridden\n"
                                     "10 ReverificationRequired\n"
                                     "11 VerificationExpired\n"
                                     "12 MemberKicked\n"
                                     "13 MemberLeft\n"
                                     "14 MemberBanned\n"
                                     "15 BanLifted\n");
}

TEST_CASE("the smaller vocabularies: names and numbers are frozen") {
    CHECK_EQ(numbered<source>(), "0 bot\n1 api\n2 operator\n3 system\n");
    CHECK_EQ(numbered<on_conflict>(), "0 retry\n1 fail\n");
    CHECK_EQ(numbered<rejection_code>(),
             "0 transition_not_allowed\n1 email_missing\n2 actor_required\n3 lifecycle_over\n");
    CHECK_EQ(numbered<dead_letter_event_kind>(),
             "0 CommandParked\n1 CommandRedriven\n2 RedriveFailed\n3 CommandDiscarded\n");
    CHECK_EQ(numbered<dead_letter_status>(), "0 parked\n1 redriven\n2 discarded\n");
}

// One without names had an empty one, and a number for its first enumerator only.
TEST_CASE("an enumeration without names has no name, no number and no count") {
    enum class nameless { first };
    static_assert(named<state> && named<source>);
    static_assert(!named<nameless>);
    static_assert(!has_words<nameless> && has_words<state>);
}

TEST_CASE("a name or a number is read as its own value, and nothing else is read") {
    check_reading<state>();
    check_reading<command_kind>();
    check_reading<event_kind>();
    check_reading<source>();
    check_reading<on_conflict>();
    check_reading<rejection_code>();
    check_reading<dead_letter_event_kind>();
    check_reading<dead_letter_status>();
}

TEST_SUITE_END();
