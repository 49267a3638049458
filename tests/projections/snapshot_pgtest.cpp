// Somebody holds an old snapshot for long. The checkpoint is moved with every batch and looked at
// every 25 ms by each server: what the moves leave behind must not be in the way of the looks.

#include "projections/sql/statements.hpp"
#include "projections/tables.hpp"

#include "tests/projections/support/newcomers.hpp"
#include "tests/support/buffers.hpp"
#include "tests/support/database.hpp"
#include "tests/support/print_eventstore.hpp"

namespace datadrop::projections {
namespace {

namespace postgres = eventstore::postgres;
using eventstore::global_position;

constexpr std::int64_t batches = 3'000;

/// A projector of newcomers: each batch is one of them.
class projected_newcomers {
  public:
    explicit projected_newcomers(postgres::session& db)
        : db_(db), generation_(db.run("SELECT datadrop.generation(0::smallint)").number(0, 0)) {
        test::add_newcomers(db, 0, batches + 1);
    }

    void project_one() {
        REQUIRE_EQ(project(db_, {.from = global_position{position_},
                                 .generation = generation_,
                                 .to = global_position{position_ + 1}}),
                   projected::written);
        ++position_;
    }

    void project_to(std::int64_t end) {
        while (position_ < end)
            project_one();
    }

    std::int64_t position() const { return position_; }

  private:
    postgres::session& db_;
    std::int64_t generation_;
    std::int64_t position_ = 0;
};

TEST_SUITE_BEGIN("held snapshot");

TEST_CASE("a held snapshot: neither a look at the checkpoint nor its next move takes longer") {
    const test::scratch_database database;
    auto db = database.connect(), watcher = database.connect();
    projected_newcomers members(db);
    const auto buffers_of_look = [&] {
        return test::buffers_touched(watcher, [&] { watcher.run(sql::statements::checkpoints); });
    };
    const auto buffers_of_move = [&] {
        return test::buffers_touched(db, [&] { members.project_one(); });
    };
    members.project_to(20);
    const test::held_snapshot forgotten(database.url());
    const auto first_look = buffers_of_look(), first_move = buffers_of_move();
    members.project_to(batches);
    const auto last_look = buffers_of_look(), last_move = buffers_of_move();
    CAPTURE(first_look);
    CAPTURE(first_move);
    // An index that grew by a level is a page more on each way down.
    CHECK_LE(last_look, first_look + 3);
    CHECK_LE(last_move, first_move + 12);
    CHECK_EQ(number_of(checkpoint(watcher, eventstore::partition_number{})), members.position());
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::projections
