// Somebody holds an old snapshot: a dump, a forgotten BEGIN. What appends leave behind, nobody may
// remove meanwhile, and the next ones must not have to pass it.

#include "eventstore/postgres/log_rows.hpp"
#include "eventstore/sql/statements.hpp"

#include "tests/support/buffers.hpp"
#include "tests/support/chains.hpp"
#include "tests/support/database.hpp"

namespace datadrop::eventstore::postgres {
namespace {

using domain::command_kind;

constexpr int events_in_all = 50'000;
constexpr int alone = 5'000; // appends of one event, as when little is under way
constexpr int events_a_batch = 1'000;

/// Appends of members who were never there before: they differ in nothing but what went before.
class newcomers {
  public:
    explicit newcomers(session& db) : db_(db) {}

    void join(int members) {
        std::vector<chain> chains;
        for (int i = 0; i < members; ++i)
            chains.push_back(test::joined(test::new_member()));
        const chain_refs refs(chains.begin(), chains.end());
        const auto answer =
            db_.run(sql::statements::append, chains_as_params(partition_number{}, refs));
        REQUIRE_EQ(append_result_in(answer, refs).fates.back().what, fate::appended);
    }

    std::int64_t buffers_of_one_append() {
        return test::buffers_touched(db_, [this] { join(1); });
    }

  private:
    session& db_;
};

TEST_SUITE_BEGIN("held snapshot");

// Each append updated the row of its partition's tail, and passed the dead versions of all before.
TEST_CASE("a held snapshot: an append looks at no more after 50,000 events than at first") {
    const test::scratch_database database;
    auto db = database.connect();
    db.run_script(sql::statements::prepare_log_session);
    newcomers members(db);
    for (int i = 0; i < 20; ++i)
        members.join(1);
    const test::held_snapshot forgotten(database.url());
    const auto first = members.buffers_of_one_append();
    for (int i = 0; i < alone; ++i)
        members.join(1);
    for (int done = alone; done < events_in_all; done += events_a_batch)
        members.join(events_a_batch);
    const auto last = members.buffers_of_one_append();
    CAPTURE(first);
    // An index that grew by a level is a page more on each way down.
    CHECK_LE(last, first + 10);
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore::postgres
