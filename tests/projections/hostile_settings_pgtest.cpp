// A short life of members comes out the same whatever is set for the database, from the migration
// on; and what cannot be lived with is refused with the setting's name and what to do.

#include "eventstore/chain.hpp"
#include "eventstore/postgres/database.hpp"
#include "eventstore/postgres/whole_log.hpp"
#include "eventstore/tokens.hpp"
#include "projections/agreement.hpp"
#include "projections/rebuild.hpp"
#include "tests/support/chains.hpp"
#include "tests/support/hostile_settings.hpp"
#include "tests/support/projected_log.hpp"
#include "tests/support/text.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <poll.h>

namespace datadrop::test {
namespace {

namespace pg = eventstore::postgres;
using domain::command_kind;
using domain::state;

constexpr int partitions = 2;

// ---- what is done in a life, the same in each

struct script {
    domain::member_id who = new_member();
    eventstore::chain way = decided({}, wordy(commands_to(state::verified, who)));
    domain::envelope leave = make_command(who, command_kind::leave, {.reason = "it's \\' \\x00 ü"});
    domain::envelope parked = make_command(new_member(), command_kind::join);
    domain::envelope discarded = make_command(who, command_kind::kick, {.actor = "NULL"});
    std::vector<eventstore::chain> first = {exact(joined(new_member_of(who.guild)))};
    std::vector<eventstore::chain> second = {exact(joined(new_member_of(who.guild)))};

  private:
    /// Words and times that other settings would read otherwise.
    static std::vector<domain::envelope> wordy(std::vector<domain::envelope> commands) {
        for (auto& one : commands) {
            one.reason = "\\x00 'NULL' \\\\ ü";
            one.address.reset(); // another key's fingerprint
            one.occurred_at = domain::timestamp(std::chrono::microseconds(1'700'000'000'123'456));
        }
        return commands;
    }
    static eventstore::chain exact(eventstore::chain one) {
        static std::int64_t submissions = 0;
        one.known = eventstore::knowledge::exact;
        one.steps.front().submission = eventstore::submission_number{++submissions};
        return one;
    }
};

// ---- what comes of it

/// Without the times, which differ.
struct life {
    std::vector<std::string> answers;
    std::vector<eventstore::stored_event> log;
    std::vector<projections::member_row> rows;
    std::vector<std::string> letters;
};

void answer(life& of, const auto& what) {
    using datadrop::test::print;
    of.answers.push_back(print(what));
}

std::vector<eventstore::append_pipe::outcome> sent_as_two(eventstore::log& log, const script& s) {
    const auto to = partition_for(log, s.who);
    const auto at = *log.load(to, std::span(&s.who, 1)).at;
    auto& pipe = *log.pipe();
    pipe.send(to, at, s.first);
    pipe.send(to, eventstore::expectation(at, eventstore::plan_of(s.first)), s.second);
    std::vector<eventstore::append_pipe::outcome> all;
    while (all.size() < 2 && pipe.is_open()) {
        const auto events = static_cast<short>(POLLIN | (pipe.has_unsent() ? POLLOUT : 0));
        pollfd socket{.fd = pipe.socket(), .events = events, .revents = 0};
        REQUIRE(::poll(&socket, 1, 30'000) == 1);
        for (auto& one : pipe.take_answers())
            all.push_back(std::move(one));
    }
    return all;
}

void write_members(eventstore::log& log, const script& s, life& of) {
    log.require_writable();
    answer(of, append(log, s.way));
    answer(of, append(log, s.way)); // the keys are used
    answer(of, append(log, joined(s.who)).found);
    log.reserve(partition_for(log, s.who), std::span(&s.who, 1));
    answer(of, append(log, decided(s.way.after, {s.leave})));
    for (const auto& one : sent_as_two(log, s)) {
        REQUIRE_MESSAGE(one.result.has_value(), one.why);
        answer(of, one.result->fates);
    }
}

void write_letters(eventstore::log& log, const script& s, life& of) {
    const auto letter = park(log, s.parked);
    answer(of, letter);
    answer(of, park(log, s.parked));
    answer(of, log.record_failure(
                   letter.id,
                   {.by = an_operator, .code = "stale_expectation", .attempts = {an_attempt()}}));
    answer(of, append(log, redriven({}, s.parked, letter.id)));
    const auto other = park(log, s.discarded).id;
    answer(of, log.discard(other, {.by = an_operator, .reason = "obsolete"}));
    answer(of, log.discard(other, {.by = an_operator, .reason = "obsolete"}));
}

void read_log(eventstore::log& log, const script& s, life& of) {
    const auto without_time = [](const eventstore::stored_event& e) {
        auto copy = e;
        std::visit([](auto& one) { one.recorded_at = {}; }, copy);
        return copy;
    };
    const eventstore::event_filter wanted{.guild = s.who.guild,
                                          .kinds = {domain::event_kind::member_joined}};
    for (const auto p : eventstore::all_partitions(partitions)) {
        for (const auto& e : log.read(p, {}, 100))
            of.log.push_back(without_time(e));
        for (const auto& e : log.scan(p, {}, wanted, 100))
            of.log.push_back(without_time(e));
    }
    answer(of, log.history(s.who, {}, 100).size());
    answer(of, head_of(log, s.who));
    answer(of, log.tails());
}

void project(const scratch_database& database) {
    const auto link = projections::projector::make_link({.database = database.url()});
    for (const auto p : eventstore::all_partitions(partitions)) {
        projections::projector one(link, p);
        catch_up(one);
    }
}

void read_model(const scratch_database& database, life& of) {
    projections::read_model reader({.database = database.url()}, partitions);
    for (auto row : reader.members({})) {
        row.updated_at = {};
        of.rows.push_back(row);
    }
    for (auto letter : reader.dead_letters({})) {
        for (const auto* of_time : {"parked_at", "etag"})
            letter.erase(of_time);
        letter.erase("attempts"); // of other tests, with their times
        letter.at("events").as_array().resize(0);
        of.letters.push_back(boost::json::serialize(letter));
    }
    answer(of, reader.status().lag_events);
}

void care_for_read_model(const scratch_database& database, life& of) {
    const auto silent = [](const auto&) {};
    auto db = database.connect();
    answer(of, projections::verify(db, partitions, silent).differences.size());
    answer(of, projections::rebuild(db, partitions, silent, {.keep_previous = true}).mended);
    projections::switch_back(db, partitions, silent);
    answer(of, projections::verify_sample(db, partitions, 2, silent).differences.size());
}

/// Of tokens, and what everybody may do, and whether an event can be changed.
void look_at_database(const scratch_database& database, life& of) {
    auto db = database.connect();
    const auto token = eventstore::create_token(
        db, {.name = "bot", .from = domain::source::bot, .may = eventstore::scopes(7)});
    answer(of, eventstore::list_tokens(db).at(0).hash == eventstore::hash_token(token.value()));
    try {
        db.run_script("UPDATE datadrop.events SET reason = 'another'");
        of.answers.emplace_back("an event was changed");
    } catch (const pg::statement_refused& e) {
        of.answers.push_back(e.sqlstate);
    }
    answer(of, db.run("SELECT c.oid FROM pg_class AS c"
                      " CROSS JOIN LATERAL aclexplode(c.relacl) AS a"
                      " WHERE c.relnamespace = 'datadrop'::regnamespace AND a.grantee = 0")
                   .size());
    answer(of, db.run("SELECT c.oid FROM pg_class AS c JOIN pg_am AS m ON m.oid = c.relam"
                      " WHERE c.relnamespace = 'datadrop'::regnamespace AND c.relkind = 'r'"
                      " AND m.amname <> 'heap'")
                   .size());
}

void migrate(const scratch_database& database) {
    auto db = database.connect();
    pg::migrate(db, {.partitions = partitions});
    pg::require_current_schema(db);
    pg::require_rights(db);
    pg::require_whole_log(db);
    REQUIRE_FALSE(projections::disagreement_with_log(db));
}

life lived_in(const scratch_database& database, const script& s) {
    migrate(database);
    life of;
    const auto log = pg::open_log({.database = database.url()}, partitions);
    write_members(*log, s, of);
    write_letters(*log, s, of);
    project(database);
    read_log(*log, s, of);
    read_model(database, of);
    care_for_read_model(database, of);
    look_at_database(database, of);
    return of;
}

void check_same(const life& one, const life& other) {
    CHECK_EQ(one.answers, other.answers);
    CHECK_EQ(one.log, other.log);
    CHECK_EQ(one.rows, other.rows);
    CHECK_EQ(one.letters, other.letters);
}

// ---- what cannot be lived with

struct refusal_case {
    std::string_view settings; // as SQL
    std::vector<std::string_view> told;
};

/// What stops a server that would start now.
std::string refusal(const scratch_database& database) {
    try {
        auto db = database.connect();
        pg::require_current_schema(db);
        pg::require_rights(db);
    } catch (const std::exception& e) {
        return e.what();
    }
    return "nothing";
}

} // namespace

TEST_SUITE_BEGIN("hostile settings");

// exit_on_error ended the session at each used key; with default_table_access_method the log was
// made by another one; restrict_nonsystem_relation_kind kept the views from whoever reads.
TEST_CASE("hostile settings: a life of members comes out the same under each") {
    const script s;
    const auto plain = lived_in(scratch_database({.partitions = std::nullopt}), s);
    CHECK_GT(plain.log.size(), 15);
    int tried = 0;
    for (const auto one : hostile_settings()) {
        CAPTURE(one);
        const scratch_database database({.partitions = std::nullopt});
        if (!set_hostile(database, one)) continue;
        ++tried;
        try {
            check_same(lived_in(database, s), plain);
        } catch (const std::exception& e) {
            FAIL_CHECK(e.what());
        }
    }
    CHECK_GE(tried, 50);
}

TEST_CASE("hostile settings: what cannot be lived with is refused, with its name and the remedy") {
    const refusal_case cases[] = {
        {"ALTER DATABASE {0} SET default_transaction_read_only = on",
         {"default_transaction_read_only", "RESET"}},
        {"ALTER DATABASE {0} SET session_preload_libraries = 'nowhere'", {"\"nowhere\""}},
        {"ALTER DATABASE {0} SET role = 'nobody_much'",
         {"nobody_much", "the setting role", "RESET role", "GRANT"}},
    };
    const scratch_database roles({.partitions = std::nullopt});
    roles.connect().run_script("DROP ROLE IF EXISTS nobody_much; CREATE ROLE nobody_much");
    for (const auto& one : cases) {
        CAPTURE(one.settings);
        const scratch_database database;
        auto owner = database.connect();
        const std::string name(owner.run("SELECT current_database()::text").text());
        owner.run_script(fmt::format(fmt::runtime(one.settings), name));
        for (const auto word : one.told)
            CHECK_MESSAGE(contains(refusal(database), word), refusal(database));
    }
    roles.connect().run_script("DROP ROLE nobody_much");
}

TEST_CASE("hostile settings: where nobody may change the schema, members go on, and it is told") {
    const scratch_database database({.partitions = std::nullopt});
    auto owner = database.connect();
    owner.run_script("CREATE FUNCTION public.forbid() RETURNS event_trigger LANGUAGE plpgsql AS $$"
                     " BEGIN RAISE EXCEPTION 'no changes today'; END $$");
    const auto forbid = [&] {
        owner.run_script("CREATE EVENT TRIGGER forbidding ON ddl_command_start"
                         " EXECUTE FUNCTION public.forbid()");
    };
    forbid();
    CHECK_THROWS_WITH_AS(migrate(database), doctest::Contains("no changes today"),
                         pg::statement_refused);
    owner.run_script("DROP EVENT TRIGGER forbidding");
    migrate(database);
    forbid();
    life of;
    const script s;
    const auto log = pg::open_log({.database = database.url()}, partitions);
    write_members(*log, s, of);
    write_letters(*log, s, of);
    project(database);
    read_model(database, of);
    CHECK_EQ(of.rows.size(), 4);
    CHECK_THROWS_WITH_AS(care_for_read_model(database, of), doctest::Contains("no changes today"),
                         pg::statement_refused);
    read_model(database, of); // goes on
}

TEST_SUITE_END();

} // namespace datadrop::test
