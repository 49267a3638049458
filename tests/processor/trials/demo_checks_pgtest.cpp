// The demo's checks are only worth something if they can fail: a small true story passes, and each
// lie about it, in the database or in a client's journal, is found by the check that it concerns.

#include "processor/trials/demo/examination.hpp"

#include "projections/projector.hpp"
#include "tests/support/chains.hpp"
#include "tests/support/database.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <fstream>

using namespace datadrop;
using namespace datadrop::processor;
using namespace datadrop::processor::trials;
namespace json = boost::json;

namespace {

using domain::command_kind;
using domain::state;

constexpr auto address = "ada@members.example";
const domain::submitter the_bot{domain::source::bot, "bot"};

/// One member, who joins and gets as far as Verified; a rejection; and a command that was parked.
class story {
  public:
    story() : journal_(folder_.path() / "answers.ndjson") {
        auto log = database_.open_log();
        for (const auto kind : test::path_to(state::verified))
            accept(*log, kind);
        refuse();
        park(*log);
        project();
        write();
    }

    /// The checks that fail after a script of SQL, of which nothing stays; one a line.
    std::string failing_after(std::string_view lie = "SELECT 1") {
        auto db = database_.connect();
        db.begin();
        db.run_script("ALTER TABLE datadrop.events DISABLE TRIGGER ALL");
        db.run_script(lie);
        std::string failing;
        for (const auto& f : demo::examine(db, {journal_}).findings) {
            CHECK((f.differences > 0) == !f.first.empty());
            if (f.differences > 0) failing += std::string(f.what) + "\n";
        }
        return failing;
    }

    /// The checks that fail after a lie in the journal, of which nothing stays.
    std::string failing_when_told(void (*lie)(story&)) {
        const auto truth = lines_;
        lie(*this);
        write();
        auto failing = failing_after();
        lines_ = truth;
        write();
        return failing;
    }

    /// What a lie may begin with: the journal's lines of a Join, a rejection and a parking.
    json::object& join() { return lines_.front(); }
    json::object& rejection() { return lines_[lines_.size() - 2]; }
    json::object& parking() { return lines_.back(); }
    void tell_again(const json::object& line) { lines_.push_back(json::object(line)); }

    void write() {
        std::ofstream out(journal_);
        for (const auto& line : lines_)
            out << json::serialize(line) << '\n';
    }

  private:
    domain::envelope make(command_kind kind) {
        auto command = test::make_command(who_, kind, {.by = the_bot});
        if (command.data.email) command.address = address;
        return command;
    }

    void accept(eventstore::log& log, command_kind kind) {
        const auto command = make(kind);
        const auto written = test::decided(head_, {command});
        const auto position = test::append(log, written).first;
        head_ = written.after;
        auto told = outcome_of("accepted");
        told["position"] = std::to_string(number_of(position));
        told["replayed"] = false;
        note(command, told);
    }

    void refuse() {
        auto told = outcome_of("rejected");
        told["code"] = "transition_not_allowed";
        note(make(command_kind::join), told);
    }

    void park(eventstore::log& log) {
        auto command = make(command_kind::record_email);
        command.expected_state = state::none;
        const eventstore::parking parked{.command = std::make_shared<domain::envelope>(command),
                                         .attempts = {{.number = 1,
                                                       .expected_state = state::none,
                                                       .found_state = head_.member.current,
                                                       .found_version = head_.version},
                                                      {.number = 2, .why = "no answer"}},
                                         .code = "retry_budget_spent"};
        const auto fates = log.park(eventstore::partition_number{}, std::span(&parked, 1));
        auto told = outcome_of("dead_lettered");
        told["attempts"] = 2;
        told["code"] = parked.code;
        told["dead_letter_id"] = std::to_string(number_of(fates.at(0).id));
        told["replayed"] = false;
        note(command, told);
    }

    json::object outcome_of(std::string_view kind) const {
        return {{"outcome", kind},
                {"state", domain::name_of(head_.member.current)},
                {"version", number_of(head_.version)},
                {"lifecycle", head_.member.lifecycle},
                {"attempts", 1}};
    }

    void note(const domain::envelope& command, json::object outcome) {
        json::object sent{{"guild_id", std::to_string(number_of(who_.guild))},
                          {"user_id", std::to_string(number_of(who_.user))},
                          {"command", domain::name_of(command.kind)},
                          {"idempotency_key", command.idempotency_key}};
        if (command.actor) sent["actor"] = *command.actor;
        if (command.expected_state)
            sent["expected_state"] = domain::name_of(*command.expected_state);
        if (command.address) sent["payload"] = json::object{{"email", *command.address}};
        lines_.push_back({{"door", "bot"},
                          {"sent_at", 0},
                          {"latency", 1000},
                          {"command", std::move(sent)},
                          {"outcome", std::move(outcome)}});
    }

    void project() {
        projections::projector p(projections::projector::make_link({.database = database_.url()}),
                                 eventstore::partition_number{});
        while (p.step() == projections::projector::step_result::advanced) {
        }
    }

    test::temporary_folder folder_;
    std::filesystem::path journal_;
    test::scratch_database database_;
    domain::member_id who_ = test::new_member();
    eventstore::head head_;
    std::vector<json::object> lines_;
};

std::string checks(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names)
        text += name + "\n";
    return text;
}

json::object& outcome(json::object& line) { return line.at("outcome").as_object(); }
json::object& command(json::object& line) { return line.at("command").as_object(); }

const std::string answered = "every command was answered";
const std::string no_address = "no e-mail address is in the log";
const std::string versions = "versions run without a gap";
const std::string states = "each event starts where the last ended";
const std::string transitions = "every transition is an allowed one";
const std::string positions = "positions run without a gap";
const std::string as_told = "what was accepted is written as told";
const std::string one_event = "an accepted key has one event";
const std::string not_written = "what was not accepted is not written";
const std::string true_refusals = "rejections and conflicts are true";
const std::string fresh_refusals = "and were so while under way";
const std::string parked = "what was parked is not written";
const std::string complete = "dead letters are complete";
const std::string attempts = "and so are their attempts";
const std::string membership = "the membership table is the last event";

struct lie_in_the_database {
    std::string script;
    std::vector<std::string> found_by;
};

const lie_in_the_database lies_in_the_database[] = {
    {"DELETE FROM datadrop.events WHERE kind = 0 AND version = 2",
     {versions, states, positions, as_told, one_event}},
    {"UPDATE datadrop.events SET from_state = 3 WHERE version = 2 AND kind = 0",
     {states, transitions}},
    {"UPDATE datadrop.events SET to_state = 9 WHERE kind = 0 AND to_state = 7",
     {transitions, as_told, true_refusals, attempts, membership}},
    {"UPDATE datadrop.events SET position = 1000 WHERE version = 2 AND kind = 0",
     {versions, positions, as_told}},
    {"UPDATE datadrop.events SET source = 1 WHERE version = 1 AND kind = 0", {as_told}},
    {"UPDATE datadrop.events SET idempotency_key = 'other' WHERE version = 1 AND kind = 0",
     {as_told, one_event, not_written}},
    {"UPDATE datadrop.events SET idempotency_key = d.command ->> 'idempotency_key' "
     "FROM datadrop.dead_letters AS d WHERE kind = 0 AND version = 1",
     {as_told, one_event, not_written, parked}},
    {"DELETE FROM datadrop.dead_letters", {parked}},
    {"UPDATE datadrop.dead_letters SET command = command || '{\"command\":\"Join\"}'", {complete}},
    {"UPDATE datadrop.dead_letters SET command = command || '{\"payload\":{}}'", {complete}},
    {"UPDATE datadrop.dead_letters SET attempts = '[]'", {complete}},
    {"UPDATE datadrop.dead_letters SET attempts = jsonb_set(attempts, '{0,found_version}', '3')",
     {attempts}},
    {"UPDATE datadrop.dead_letters SET attempts = "
     "jsonb_set(attempts, '{0,expected_state}', '\"Verified\"')",
     {attempts}},
    {"UPDATE datadrop.dead_letters SET attempts = "
     "jsonb_set(attempts, '{1,found_state}', '\"Kicked\"')",
     {attempts}},
    {"UPDATE datadrop.dead_letters SET attempts = "
     "'[{\"number\": 1, \"why\": \"gone\"}, {\"number\": 2, \"why\": \"gone\"}]'",
     {complete, attempts}},
    {"UPDATE datadrop.dead_letters SET status = 'discarded'", {complete}},
    {"UPDATE datadrop.membership SET version = version + 1", {membership}},
    {"UPDATE datadrop.membership SET has_email = NOT has_email", {membership}},
    {"UPDATE datadrop.membership SET lifecycle = 2", {membership}},
    {"DELETE FROM datadrop.membership", {membership}},
    {"UPDATE datadrop.events SET payload = convert_to('ada@members.example', 'UTF8') "
     "WHERE kind = 0 AND version = 7",
     {no_address}},
};

struct lie_to_a_client {
    const char* name;
    void (*tell)(story&);
    std::vector<std::string> found_by;
};

constexpr std::int64_t in_2100 = 4'102'444'800'000'000;

// clang-format off
const lie_to_a_client lies_to_a_client[] = {
    {"no outcome at all",
     [](story& s) { outcome(s.rejection())["outcome"] = "unavailable"; },    {answered}},
    {"accepted at another version",
     [](story& s) { outcome(s.join())["version"] = 2; },                     {as_told}},
    {"accepted in another lifecycle",
     [](story& s) { outcome(s.join())["lifecycle"] = 2; },                   {as_told}},
    {"accepted, though meant for another lifecycle",
     [](story& s) { command(s.join())["expected_lifecycle"] = 1; },          {as_told}},
    {"accepted, and nothing is written",
     [](story& s) { outcome(s.rejection())["outcome"] = "accepted"; },       {as_told, one_event}},
    {"new twice",
     [](story& s) { s.tell_again(s.join()); },                               {one_event}},
    {"rejected, and it is written",
     [](story& s) { outcome(s.join()) = outcome(s.rejection()); },           {not_written}},
    {"rejected in a state that it was not in",
     [](story& s) { outcome(s.rejection())["state"] = "Banned"; },           {true_refusals}},
    {"rejected though the rules allow it",
     [](story& s) { command(s.rejection())["command"] = "Kick"; },           {true_refusals}},
    {"rejected in a lifecycle that it was not in",
     [](story& s) { outcome(s.rejection())["lifecycle"] = 2; },              {true_refusals}},
    {"its lifecycle called over, and it is not",
     [](story& s) { outcome(s.rejection())["code"] = "lifecycle_over"; },    {true_refusals}},
    {"judged by the rules, though its lifecycle is over",
     [](story& s) { command(s.rejection())["expected_lifecycle"] = 0; },     {true_refusals}},
    {"a conflict that nobody asked for",
     [](story& s) { outcome(s.rejection())["outcome"] = "conflict"; },       {true_refusals}},
    {"rejected by what had passed before it was sent",
     [](story& s) { outcome(s.rejection())["version"] = 1;
                    outcome(s.rejection())["state"] = "InvitedOrJoined";
                    s.rejection()["sent_at"] = in_2100; },                   {fresh_refusals}},
    {"parked as another dead letter",
     [](story& s) { outcome(s.parking())["dead_letter_id"] = "4711"; },      {parked, complete}},
};
// clang-format on

} // namespace

TEST_SUITE("demo checks") {
    TEST_CASE("a lie in the database is found by the checks that it concerns") {
        story told;
        CHECK(told.failing_after() == "");
        for (const auto& lie : lies_in_the_database) {
            CAPTURE(lie.script);
            CHECK(told.failing_after(lie.script) == checks(lie.found_by));
        }
    }

    TEST_CASE("a lie to a client is found by the checks that it concerns") {
        story told;
        for (const auto& lie : lies_to_a_client) {
            CAPTURE(lie.name);
            CHECK(told.failing_when_told(lie.tell) == checks(lie.found_by));
        }
        CHECK(told.failing_after() == "");
    }
}
