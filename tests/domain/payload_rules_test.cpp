// Which payload fits which command, as people read it, against the table; and that decide takes no
// other.
#include "domain/payload_rules.hpp"
#include "tests/support/bug.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/print.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace datadrop::domain;
using fault = payload_misfit::fault;

namespace {

std::string text(const std::optional<payload_misfit>& m) {
    constexpr const char* fields[] = {"email", "campaign_id", "outcome"};
    constexpr const char* faults[] = {"missing", "foreign", "not an outcome"};
    if (!m) return "fits";
    return std::string(fields[static_cast<int>(m->field)]) + " " +
           faults[static_cast<int>(m->what)];
}

std::string judged(command_kind kind, const payload_shape& brings) {
    return text(misfit(kind, brings));
}

constexpr payload_shape nothing{};
constexpr payload_shape email{.email = true};
constexpr payload_shape campaign{.campaign_id = true};
constexpr payload_shape outcome{.outcome = state::rejected_not_eligible};

} // namespace

TEST_SUITE_BEGIN("payload rules");

TEST_CASE("a command brings what the domain says, and nothing else") {
    for (std::size_t i = 0; i < count_of<command_kind>; ++i) {
        const auto kind = static_cast<command_kind>(i);
        CAPTURE(name_of(kind));
        const bool takes_email =
            kind == command_kind::request_verification || kind == command_kind::record_email;
        const bool needs_campaign = kind == command_kind::require_reverification;
        const bool needs_outcome = kind == command_kind::expire_verification;
        const auto without = kind == command_kind::record_email ? "email missing"
                             : needs_campaign                   ? "campaign_id missing"
                             : needs_outcome                    ? "outcome missing"
                                                                : "fits";
        CHECK_EQ(judged(kind, nothing), without);
        CHECK_EQ(judged(kind, email), takes_email ? "fits" : "email foreign");
        if (kind == command_kind::record_email) continue; // its e-mail is missed first
        CHECK_EQ(judged(kind, campaign), needs_campaign ? "fits" : "campaign_id foreign");
        if (needs_campaign) continue;
        CHECK_EQ(judged(kind, outcome), needs_outcome ? "fits" : "outcome foreign");
    }
}

TEST_CASE("an expiry leads to Kicked or RejectedNotEligible") {
    for (std::size_t i = 0; i < count_of<state>; ++i) {
        const auto to = static_cast<state>(i);
        const bool leads = to == state::kicked || to == state::rejected_not_eligible;
        CHECK_EQ(judged(command_kind::expire_verification, {.outcome = to}),
                 leads ? "fits" : "outcome not an outcome");
    }
}

TEST_CASE("what the tests build fits") {
    for (std::size_t i = 0; i < count_of<command_kind>; ++i) {
        const auto kind = static_cast<command_kind>(i);
        CHECK_EQ(judged(kind, shape_of(datadrop::test::payload_for(kind))), "fits");
    }
}

// An expiry without an outcome was a kick, and only the front door stood before it.
TEST_CASE("decide: a payload that does not fit its command is a bug, never a decision") {
    const membership pending{.current = state::verification_pending, .has_email = true};
    for (const auto kind : {command_kind::expire_verification, command_kind::record_email,
                            command_kind::require_reverification}) {
        const auto e = datadrop::test::in_its_own_process(
            [&] { static_cast<void>(decide(pending, {.kind = kind, .data = {}})); });
        CHECK_EQ(e.signal, SIGABRT);
        CHECK_NE(e.said.find("a payload fits its command"), std::string::npos);
    }
}

TEST_SUITE_END();
