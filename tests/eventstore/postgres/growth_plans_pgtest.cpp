// A log grows from nothing to a million events under connections that made their plans when it was
// empty, and its statistics are gathered late or never. The statements go on reading what they are
// asked for, by the one index that is made for it; the server counts the entries that they read.

#include "eventstore/postgres/log_rows.hpp"
#include "eventstore/sql/statements.hpp"

#include "tests/support/chains.hpp"
#include "tests/support/database.hpp"

#include <map>

namespace datadrop::eventstore::postgres {
namespace {

using domain::command_kind;

constexpr eventstore::partition_number partition{};
constexpr std::int64_t members = 10'000;
constexpr std::int64_t events_a_member = 100;
constexpr std::int64_t members_a_guild = 100;

constexpr int rounds = 12; // the sixth run of a statement is the first on a plan that is kept
constexpr int members_a_round = 50;
constexpr int versions_a_round = 10;
constexpr int events_a_round = 100;

/// Entries of indexes that the statements of a round are asked for; none of any other.
const std::map<std::string, std::int64_t> asked_a_round{
    {"events_key", members_a_round}, // find_keys
    {"events_pkey",
     events_a_round + 2 * members_a_round + 4}, // read_events; the round before, by an append that
                                                // follows; the tails of load_heads, reserve, append
    {"events_version",
     versions_a_round + 3 * members_a_round}}; // read_history; load_heads, reserve, append

domain::member_id member(std::int64_t number) {
    return {domain::guild_id{1 + number / members_a_guild}, domain::user_id{number + 1}};
}

/// What the members' appends would have left in the tables, in a fraction of their time.
void grow(session& owner) {
    owner.limit_statements(std::chrono::milliseconds(0));
    const auto tail = owner.run(sql::statements::read_tails).number(0, 0);
    owner.run("INSERT INTO datadrop.events (partition, position, kind, guild_id, user_id, version,"
              "  event, from_state, to_state, source, idempotency_key, recorded_at, payload,"
              "  has_email, lifecycle)"
              " SELECT 0, $5 + m * $2 + v, 0, 1 + m / $3, m + 1, h.version + v, 0, $4, $4, 0,"
              "  md5((m * $2 + v)::text), clock_timestamp(), '', false, 1"
              " FROM generate_series(0, $1::bigint - 1) AS m"
              " CROSS JOIN LATERAL (SELECT coalesce(max(e.version), 0) AS version"
              "  FROM datadrop.events AS e"
              "  WHERE e.partition = 0 AND e.kind = 0 AND e.guild_id = 1 + m / $3"
              "   AND e.user_id = m + 1) AS h,"
              " generate_series(1, $2::bigint) AS v",
              params{}
                  .add(members)
                  .add(events_a_member)
                  .add(members_a_guild)
                  .add(domain::number_of(domain::state::left_guild))
                  .add(tail));
}

/// What a processor does for members who have something to write, a few of the crowd each time.
class crowd {
  public:
    explicit crowd(session& db) : db_(db) {}

    void use_everything() {
        for (int i = 0; i < rounds; ++i)
            use(some_members(), static_cast<guard>(i % 3));
    }

  private:
    enum class guard { none, follows, holds };

    /// Spread over all guilds; others each time.
    std::vector<domain::member_id> some_members() {
        std::vector<domain::member_id> some;
        for (int i = 0; i < members_a_round; ++i)
            some.push_back(member(next_ = (next_ + 1'237) % members));
        return some;
    }

    void use(const std::vector<domain::member_id>& some, guard by) {
        db_.run(sql::statements::load_heads, members_as_params(partition, some));
        db_.begin();
        const auto seen =
            members_in(db_.run(sql::statements::reserve, members_as_params(partition, some)));
        std::vector<chain> chains;
        for (std::size_t i = 0; i < some.size(); ++i)
            chains.push_back(moved(some[i], seen.heads[i]));
        write(chains, by == guard::holds     ? seen.at
                      : by == guard::follows ? behind(*seen.at)
                                             : std::nullopt);
        db_.commit();
        read(chains);
    }

    /// A tail that the others moved by a round.
    static std::optional<log_point> behind(log_point at) {
        at.tail = global_position{number_of(at.tail) - members_a_round};
        return at;
    }

    void write(std::vector<chain>& chains, const std::optional<log_point>& expected) {
        for (auto& one : chains)
            one.known = expected ? knowledge::exact : knowledge::hint;
        const chain_refs refs(chains.begin(), chains.end());
        const auto told = append_result_in(
            db_.run(sql::statements::append, chains_as_params(partition, refs, expected)), refs);
        CHECK_EQ(told.followed, expected.has_value());
        for (const auto& one : told.fates)
            REQUIRE_EQ(one.what, fate::appended);
    }

    chain moved(domain::member_id who, const head& from) {
        const bool is_in = from.member.current == domain::state::invited_or_joined;
        return test::decided(
            from, {test::make_command(who, is_in ? command_kind::leave : command_kind::join)});
    }

    void read(const std::vector<chain>& written) {
        db_.run(sql::statements::find_keys, written_keys_as_params(partition, written));
        const auto& one = written.front();
        db_.run(sql::statements::read_history, params{}
                                                   .add(number_of(partition))
                                                   .add(domain::number_of(one.who.guild))
                                                   .add(domain::number_of(one.who.user))
                                                   .add(domain::number_of(one.after.version) / 2)
                                                   .add(versions_a_round));
        db_.run(sql::statements::read_events,
                params{}.add(number_of(partition)).add(next_).add(events_a_round));
    }

    session& db_;
    std::int64_t next_ = 0;
};

using read_counts = std::map<std::string, std::int64_t>;

/// Entries read of each of the log's indexes since it was made, and its sequential scans.
read_counts reads_of(session& db) {
    db.run("SELECT pg_stat_force_next_flush()");
    const auto counts =
        db.run("SELECT i.indexrelname, i.idx_tup_read FROM pg_stat_user_indexes AS i"
               " WHERE i.schemaname = 'datadrop'"
               " AND i.relname IN ('events', 'parked_keys', 'addresses')"
               " UNION ALL SELECT 'sequential scans', sum(t.seq_scan)::bigint FROM "
               "pg_stat_user_tables AS t"
               " WHERE t.schemaname = 'datadrop'"
               " AND t.relname IN ('events', 'parked_keys', 'addresses')");
    read_counts reads;
    for (std::size_t i = 0; i < counts.size(); ++i)
        reads[std::string(counts.text(i, 0))] = counts.number(i, 1);
    return reads;
}

/// A look-up by part of a key, or by another index, would read a hundred events a member or more;
/// what is asked for twice leaves room for the dead versions of rows in between.
void check_reads(session& db) {
    const auto before = reads_of(db);
    crowd(db).use_everything();
    for (const auto& [index, read] : reads_of(db)) {
        CAPTURE(index);
        const auto asked = asked_a_round.find(index);
        const auto entries_max =
            asked != asked_a_round.end() ? 2 * rounds * asked->second : std::int64_t{0};
        CHECK_LE(read - before.at(index), entries_max);
    }
}

/// Statistics are gathered when the test says so.
void stop_autovacuum(session& owner) {
    for (const auto* table : {"events", "parked_keys", "addresses"})
        owner.run_script(std::string("ALTER TABLE datadrop.") + table +
                         " SET (autovacuum_enabled = off)");
}

/// A connection of a log, with the plans that it has made so far.
struct prepared {
    explicit prepared(const test::scratch_database& database) : db(database.connect()) {
        db.run_script(sql::statements::prepare_log_session);
    }
    session db;
};

TEST_SUITE_BEGIN("plans");

TEST_CASE("plans: the log grows, analysed or not: what was asked for is read, by the right index") {
    const test::scratch_database database;
    auto owner = database.connect();
    stop_autovacuum(owner);
    prepared early(database);
    check_reads(early.db);
    grow(owner);
    reads_of(owner); // so that its own are counted by now
    check_reads(early.db);
    prepared late(database);
    check_reads(late.db);
    owner.run_script("ANALYZE");
    check_reads(early.db);
    check_reads(late.db);
    prepared latest(database);
    check_reads(latest.db);
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore::postgres
