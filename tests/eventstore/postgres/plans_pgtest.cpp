// A plan made on an empty table that was never analysed is kept for as long as the connection
// lasts: it must be one that serves a big table too. The statements run many times, so that they
// reach the plan that is kept, and the server counts what they read.

#include "eventstore/dead_letter_codec.hpp"
#include "eventstore/postgres/log_rows.hpp"
#include "eventstore/sql/statements.hpp"

#include "tests/support/chains.hpp"
#include "tests/support/database.hpp"

namespace datadrop::eventstore::postgres {
namespace {

using domain::command_kind;

constexpr int calls = 50; // the sixth run of a statement is the first on a plan that is kept
constexpr int events_a_call = 20;
constexpr eventstore::partition_number partition{};

/// One busy member: every look-up that reads more than it needs shows.
class busy_member {
  public:
    explicit busy_member(session& db) : db_(db) {}

    /// The first of its events, and a dead letter.
    void begin(int events) {
        append(events);
        park(0);
    }

    void use_everything() {
        for (int i = 0; i < calls; ++i) {
            append(events_a_call);
            park(i);
            read();
        }
    }

  private:
    void append(int events) {
        std::vector<domain::envelope> commands;
        for (int i = 0; i < events; ++i)
            commands.push_back(
                test::make_command(who_, i % 2 == 0 ? command_kind::join : command_kind::leave));
        const auto chain = test::decided(head_, commands);
        const auto told = append_result_in(
            db_.run(sql::statements::append, chains_as_params(partition, {chain}, seen_)), {chain});
        REQUIRE_EQ(told.fates.at(0).what, fate::appended);
        seen_ = told.at; // and what follows is followed by the next
        head_ = chain.after;
        db_.run(sql::statements::find_keys,
                written_keys_as_params(partition, std::span(&chain, 1)));
    }

    void park(int number) {
        const parking one{.command = std::make_shared<domain::envelope>(
                              test::make_command(who_, command_kind::join)),
                          .attempts = {test::an_attempt()},
                          .code = "retry_budget_spent"};
        const auto payload = encode(domain::command_parked{*one.command, one.attempts, one.code});
        const auto answer =
            db_.run(sql::statements::park,
                    parkings_as_params(partition, std::span(&one, 1), std::span(&payload, 1)));
        const dead_letter_id id{answer.number(0, 0)};
        db_.run(sql::statements::read_dead_letter,
                params{}.add(number_of(partition)).add(number_of(id)));
        if (number % 2 == 0)
            db_.run(sql::statements::remediate,
                    remediation_as_params(
                        {.letter = id,
                         .what = domain::command_discarded{.by = test::an_operator, .reason = "x"},
                         .by = test::an_operator}));
        else
            redrive(*one.command, id);
    }

    void redrive(const domain::envelope& command, dead_letter_id id) {
        const auto chain = test::redriven(head_, command, id);
        const auto answer = db_.run(sql::statements::redrive, redrive_as_params(partition, chain));
        REQUIRE_EQ(append_result_in(answer, {chain}).fates.at(0).what, fate::appended);
        const auto leave =
            test::decided(chain.after, {test::make_command(who_, command_kind::leave)});
        db_.run(sql::statements::append, chains_as_params(partition, {leave}));
        head_ = leave.after;
    }

    void read() {
        db_.run(sql::statements::load_heads, members_as_params(partition, std::span(&who_, 1)));
        db_.run(sql::statements::reserve, members_as_params(partition, std::span(&who_, 1)));
        const auto last = domain::number_of(head_.version) - 1;
        db_.run(sql::statements::read_history, params{}
                                                   .add(number_of(partition))
                                                   .add(domain::number_of(who_.guild))
                                                   .add(domain::number_of(who_.user))
                                                   .add(last)
                                                   .add(10));
        db_.run(sql::statements::read_events, params{}.add(number_of(partition)).add(last).add(1));
        const global_position tail{db_.run(sql::statements::read_tails).number()};
        const event_filter wanted{.guild = who_.guild, .kinds = {domain::event_kind::member_left}};
        db_.run(sql::statements::scan_events, scan_as_params(partition, tail, wanted, 10));
    }

    session& db_;
    domain::member_id who_ = test::new_member();
    head head_{};
    std::optional<log_point> seen_{};
};

/// Sequential scans of this session, and rows that its index scans have fetched.
struct rows_read {
    std::int64_t sequential_scans = 0;
    std::int64_t by_index = 0;
};

rows_read rows_read_in(session& db) {
    const auto counts =
        db.run("SELECT coalesce(sum(s.seq_scan), 0), coalesce(sum(s.idx_tup_fetch), 0)"
               " FROM pg_stat_xact_user_tables AS s WHERE s.schemaname = 'datadrop'"
               " AND s.relname IN ('events', 'parked_keys', 'addresses')");
    return {counts.number(0, 0), counts.number(0, 1)};
}

void check_reads(session& db) {
    db.begin();
    const auto before = rows_read_in(db);
    busy_member(db).use_everything();
    const auto after = rows_read_in(db);
    db.commit();
    CHECK_EQ(after.sequential_scans, before.sequential_scans);
    // About 90 a round, most of them the member's parked keys, which remediate looks through. An
    // append that looked through them too, or through the versions, would read tens of thousands.
    CHECK_LT(after.by_index - before.by_index, 150 * calls);
}

TEST_SUITE_BEGIN("plans");

TEST_CASE(
    "plans: made on empty tables, kept, and made anew after ANALYZE, they read by index only") {
    const test::scratch_database database;
    auto db = database.connect();
    db.run_script(sql::statements::prepare_log_session);
    check_reads(db);
    auto analyst = database.connect();
    analyst.run_script("ANALYZE");
    check_reads(db);
}

TEST_CASE("plans: those made when the tables were analysed empty read by index only") {
    const test::scratch_database database;
    auto db = database.connect();
    db.run_script("ANALYZE");
    db.run_script(sql::statements::prepare_log_session);
    check_reads(db);
}

/// With so few rows every way to one is as short, whichever index it goes by.
void check_plans_made_with(int events, const char* before, const char* behind) {
    CAPTURE(events);
    CAPTURE(before);
    CAPTURE(behind);
    const test::scratch_database database;
    auto owner = database.connect();
    owner.run_script(before);
    busy_member(owner).begin(events);
    owner.run_script(behind);
    auto db = database.connect();
    db.run_script(sql::statements::prepare_log_session);
    check_reads(db);
}

TEST_CASE("plans: those made when the tables had a few rows serve many") {
    for (const int events : {1, 5, 100, 200, 250, 300, 350, 500}) {
        check_plans_made_with(events, "", "");
        for (const auto* gather : {"ANALYZE", "VACUUM"}) {
            check_plans_made_with(events, gather, "");
            check_plans_made_with(events, "", gather);
        }
    }
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore::postgres
