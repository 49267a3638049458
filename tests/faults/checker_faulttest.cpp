// The checker is only worth something if it can fail: a small true story passes, and each lie about
// it, in the journal or in the database, is found by the check that it concerns.

#include "processor/trials/demo/examination.hpp"
#include "tests/faults/cases.hpp"
#include "tests/faults/support/commands.hpp"
#include "tests/support/wait.hpp"

namespace datadrop::test {
namespace {

namespace json = boost::json;
using domain::command_kind;

/// Somebody joins, and a command that is parked is redriven.
struct story {
    story() : at({.serve = no_second_try}), bot(at.bot()) {
        accepted = bot.deliver(joined = who.command(command_kind::join));
        parked = bot.deliver(hopeless = who.hopeless());
        auto op = at.an_operator();
        const auto other = bot.deliver(who.hopeless());
        op.remediate(fields(other, {"dead_letter_id"}), domain::remediation::redrive);
    }

    void note(const json::object& command, const json::object& outcome, int status = 200) {
        const auto now = now_since_1970();
        at.notes().note({.submission = at.notes().next_submission(),
                         .client = "bot",
                         .sent_at = now,
                         .answered_at = now,
                         .status = status,
                         .command = command,
                         .outcome = outcome});
    }

    /// Once the projection is through: it would write over a lie about what it is still to write.
    void damage(const std::string& sql) {
        auto db = at.connect();
        wait_until([&] { return processor::trials::demo::has_caught_up(db); },
                   "a projection that has caught up");
        db.run_script("ALTER TABLE datadrop.events DISABLE TRIGGER ALL; " + sql +
                      "; ALTER TABLE datadrop.events ENABLE ALWAYS TRIGGER events_are_immutable");
    }

    /// The checks that find something, one a line.
    std::string failing() {
        std::string names;
        for (const auto& f : at.check().findings) {
            CHECK((f.differences > 0) == !f.first.empty());
            if (f.differences > 0) names += std::string(f.what) + "\n";
        }
        return names;
    }

    /// The same once this is noted, too.
    std::string failing_with(const json::object& command, const json::object& outcome, int status) {
        note(command, outcome, status);
        return failing();
    }

    stage at;
    client bot;
    somebody who;
    json::object joined;
    json::object accepted;
    json::object hopeless;
    json::object parked;
};

const json::object none{{"outcome", "none"}};

constexpr auto unsettled = "every command was settled\n";
constexpr auto no_outcome = "every answer is an outcome\n";
constexpr auto not_as_told = "what was accepted is written as told\n"
                             "an accepted key has one event\n";
constexpr auto not_for_good = "what was parked is not written\n"
                              "what was told for good stays\n";

} // namespace

TEST_SUITE_BEGIN("checker");

TEST_CASE("a true story passes, with sendings in vain whose key is sent again") {
    story told;
    told.note(told.joined, none, 0);
    told.note(told.joined, {{"outcome", "unavailable"}}, 503);
    CHECK_EQ(told.failing(), "");
}

TEST_CASE("a lie to a client is found") {
    story told;
    SUBCASE("a command that nobody settled") {
        CHECK_EQ(told.failing_with(told.who.hopeless(), none, 0), unsettled);
    }
    SUBCASE("an answer that is no outcome") {
        CHECK_EQ(told.failing_with(told.joined, none, 500), no_outcome);
    }
    SUBCASE("accepted, and not there") {
        CHECK_EQ(told.failing_with(told.who.hopeless(), told.accepted, 200), not_as_told);
    }
    SUBCASE("accepted first, and dead-lettered later") {
        CHECK_EQ(told.failing_with(told.joined, told.parked, 409), not_for_good);
    }
    SUBCASE("two dead letters") {
        auto other = told.parked;
        other["dead_letter_id"] = fields(told.accepted, {"position"});
        CHECK_EQ(told.failing_with(told.hopeless, other, 409), not_for_good);
    }
}

TEST_CASE("a lie to an operator is found") {
    story told;
    told.at.notes().note({.dead_letter = fields(told.parked, {"dead_letter_id"}),
                          .verb = "redrive",
                          .status = 200,
                          .letter = {{"status", "redriven"}}});
    CHECK_EQ(told.failing(), "what operators were told is true\n");
}

TEST_CASE("a lie in the database is found") {
    story told;
    SUBCASE("an event that nobody sent") {
        told.damage("UPDATE datadrop.events SET idempotency_key = 'other' WHERE version = 1 "
                    "AND kind = 0");
        CHECK_EQ(told.failing(), "what was accepted is written as told\n"
                                 "an accepted key has one event\n"
                                 "what was not accepted is not written\n");
    }
    SUBCASE("a redriven key that is not written") {
        told.damage("UPDATE datadrop.events SET idempotency_key = 'other' WHERE version = 2 "
                    "AND kind = 0");
        CHECK_EQ(told.failing(), "what was not accepted is not written\n"
                                 "a key is written or parked, and once\n");
    }
    SUBCASE("a read model that is not the fold") {
        told.damage("UPDATE datadrop.membership SET version = version + 1");
        CHECK_EQ(told.failing(), "the read model is the fold of the log\n"
                                 "the membership table is the last event\n");
    }
}

TEST_CASE("silence, unavailability and losses are measured") {
    story told;
    const auto now = now_since_1970();
    using std::chrono::seconds;
    for (const auto age : {seconds(50), seconds(20)})
        told.at.notes().note({.submission = told.at.notes().next_submission(),
                              .client = "bot",
                              .sent_at = now - age,
                              .answered_at = now - age + seconds(7),
                              .status = 200,
                              .command = told.joined,
                              .outcome = told.accepted});
    told.note(told.who.hopeless(), told.accepted);
    const auto found = told.at.check();
    CHECK_EQ(found.longest_silence, seconds(7));
    CHECK_EQ(found.longest_unavailability, seconds(30));
    CHECK_EQ(found.lost, 1);
    CHECK_EQ(found.doubled, 0);
}

TEST_SUITE_END();

} // namespace datadrop::test
