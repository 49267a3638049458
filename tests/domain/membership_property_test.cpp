// Properties of every sequence of commands. RapidCheck prints the sequence that breaks one, cut
// down to what matters, and the seed to run it again with (RC_PARAMS).
#include "domain/membership.hpp"
#include "domain/transition_table.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/print.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <vector>

using namespace datadrop::domain;

namespace {

/// A command with or without the things that guards ask for.
command any_command() {
    const auto kind =
        static_cast<command_kind>(*rc::gen::inRange(0, static_cast<int>(count_of<command_kind>)));
    command asked{.kind = kind,
                  .data = datadrop::test::payload_for(kind),
                  .has_actor = *rc::gen::arbitrary<bool>()};
    if (kind == command_kind::request_verification && *rc::gen::arbitrary<bool>())
        asked.data.email.reset();
    return asked;
}

/// A command that the state allows, guards aside: a walk that goes somewhere.
command any_allowed_command(const membership& current) {
    auto asked = any_command();
    asked.kind = *rc::gen::elementOf(allowed_commands(current.current));
    asked.data = datadrop::test::payload_for(asked.kind);
    return asked;
}

/// Calls step(member, command, decision) along a random life.
template <typename Step>
void along_a_life(const Step& step) {
    membership member;
    const auto length = *rc::gen::inRange(1, 40);
    for (int i = 0; i < length; ++i) {
        const auto asked =
            *rc::gen::arbitrary<bool>() ? any_command() : any_allowed_command(member);
        const auto what = decide(member, asked);
        step(member, asked, what);
        if (const auto* happened = std::get_if<event>(&what)) member = evolve(member, *happened);
    }
}

bool table_has(state from, command_kind kind, state to) {
    const auto& row = transitions[static_cast<std::size_t>(kind)];
    const bool expiry = to == state::kicked || to == state::rejected_not_eligible;
    return row.from.contains(from) && (row.to ? *row.to == to : expiry);
}

} // namespace

TEST_SUITE_BEGIN("membership properties");

TEST_CASE("decide, then evolve, never leaves the table") {
    CHECK(rc::check([] {
        along_a_life([](const membership& before, const command& asked, const decision& what) {
            const auto* happened = std::get_if<event>(&what);
            if (happened == nullptr) return;
            const auto after = evolve(before, *happened);
            RC_ASSERT(happened->from == before.current);
            RC_ASSERT(after.current == happened->to);
            RC_ASSERT(table_has(before.current, asked.kind, after.current));
        });
    }));
}

TEST_CASE("a command again right after itself is refused, or only a new fact of the same state") {
    CHECK(rc::check([] {
        along_a_life([](const membership& before, const command& asked, const decision& what) {
            const auto* happened = std::get_if<event>(&what);
            if (happened == nullptr) return;
            const auto after = evolve(before, *happened);
            const auto again = decide(after, asked);
            if (const auto* repeated = std::get_if<event>(&again)) {
                RC_ASSERT(asked.kind == command_kind::record_email);
                RC_ASSERT(evolve(after, *repeated) == after);
            }
        });
    }));
}

TEST_CASE("a lifecycle begins with Join and with nothing else, and never ends backwards") {
    CHECK(rc::check([] {
        along_a_life([](const membership& before, const command& asked, const decision& what) {
            const auto* happened = std::get_if<event>(&what);
            if (happened == nullptr) return;
            const auto began = asked.kind == command_kind::join ? 1 : 0;
            RC_ASSERT(evolve(before, *happened).lifecycle == before.lifecycle + began);
        });
    }));
}

TEST_CASE("nobody is Verified without an e-mail on record in this lifecycle") {
    CHECK(rc::check([] {
        along_a_life([](const membership& before, const command&, const decision&) {
            RC_ASSERT(before.current != state::verified || before.has_email);
        });
    }));
}

TEST_CASE("a rejection changes with nothing but the state, the e-mail on record and the actor") {
    CHECK(rc::check([] {
        along_a_life([](const membership& before, const command& asked, const decision& what) {
            auto other = before;
            other.lifecycle += 7;
            auto bare = asked;
            bare.data = datadrop::test::payload_for(asked.kind);
            const auto again = decide(other, bare);
            RC_ASSERT(again.index() == what.index());
            if (const auto* refused = std::get_if<rejection>(&what))
                RC_ASSERT(std::get<rejection>(again) == *refused);
        });
    }));
}

TEST_SUITE_END();
