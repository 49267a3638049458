#include "projections/rebuild.hpp"

#include "eventstore/postgres/database.hpp"
#include "tests/support/projected_log.hpp"

#include <fmt/format.h>

#include <atomic>
#include <functional>
#include <future>
#include <thread>

using namespace datadrop;
using test::projected_log;

TEST_SUITE_BEGIN("rebuild");

namespace {

projections::rebuild_report rebuild(
    const projected_log& world, const projections::report_progress& report = [](const auto&) {},
    const projections::rebuild_options& o = {}) {
    auto db = world.database().connect();
    return projections::rebuild(db, world.partitions(), report, o);
}

/// Why a rebuild was refused.
std::string refusal(const projected_log& world, const projections::rebuild_options& o = {}) {
    int worked = 0;
    try {
        rebuild(
            world, [&](const auto&) { ++worked; }, o);
    } catch (const eventstore::postgres::schema_failure& e) {
        return "not of the log: " + std::string(e.what());
    } catch (const projections::rebuild_refused& e) {
        return (worked > 0 ? "after the work: " : "before the work: ") + std::string(e.what());
    }
    return "done";
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::size_t difference_count(const projected_log& world) {
    auto db = world.database().connect();
    return projections::verify(db, world.partitions(), [](const auto&) {}).differences.size();
}

/// A thread that does one thing again and again until it is told to stop, and what it threw.
class busy_thread {
  public:
    explicit busy_thread(std::function<void()> once)
        : thread_([this, work = std::move(once)] {
              try {
                  while (!stopping_) {
                      work();
                      ++rounds_;
                  }
              } catch (const std::exception& e) {
                  failure_ = e.what();
              }
          }) {}
    ~busy_thread() { stop(); }

    /// Waits until the work was done so many times more.
    void wait_for(int more) const {
        const int goal = rounds_ + more;
        CHECK(test::eventually([&] { return rounds_ >= goal; }));
    }
    std::string stop() {
        stopping_ = true;
        if (thread_.joinable()) thread_.join();
        return failure_;
    }

  private:
    std::atomic<bool> stopping_ = false;
    std::atomic<int> rounds_ = 0;
    std::string failure_;
    std::thread thread_;
};

} // namespace

TEST_CASE("drift of every kind is mended and counted, once, and the projector goes on") {
    for (const int partitions : {1, 3}) {
        CAPTURE(partitions);
        projected_log world(partitions);
        const auto members = world.make_members(6, 4);
        world.submit_random(members, 500);
        const auto who = test::new_member();
        world.bring_to(domain::state::verified, who);
        world.park(who, domain::command_kind::join);
        world.park(who, domain::command_kind::kick);
        world.project();
        const auto total = projections::read_model(world.options(), partitions).members({}).size();

        const auto that = fmt::format(" WHERE user_id = {}", number_of(who.user));
        world.damage("UPDATE datadrop.membership SET state = 'Kicked', lifecycle = 9" + that);
        world.damage("DELETE FROM datadrop.dead_letters WHERE command ->> 'command' = 'Kick'");
        world.damage("UPDATE datadrop.dead_letters SET status = 'redriven'");
        world.damage(
            "INSERT INTO datadrop.membership SELECT partition, guild_id, 1, state, version,"
            " lifecycle, has_email, updated_at, position FROM datadrop.membership" +
            that);
        const auto report = rebuild(world);
        CHECK_EQ(report.mended, 4);
        CHECK_EQ(report.members, static_cast<std::int64_t>(total));
        CHECK_EQ(report.dead_letters, 2);
        CHECK_EQ(difference_count(world), 0);

        CHECK_EQ(rebuild(world).mended, 0);
        CHECK_EQ(rebuild(world).mended, 0);
        world.submit(test::make_command(who, domain::command_kind::leave));
        world.project();
        CHECK_EQ(difference_count(world), 0);
        CHECK_EQ(projections::read_model(world.options(), partitions).member(who),
                 world.expected(who));
    }
}

TEST_CASE("without a projector it brings the read model to the end of the log") {
    projected_log world;
    const auto who = test::new_member();
    world.bring_to(domain::state::role_eligible, who);
    world.project();
    world.bring_to(domain::state::invited_or_joined, test::new_member());
    world.submit(test::make_command(who, domain::command_kind::accept_rules));
    CHECK_EQ(rebuild(world).mended, 0);
    projections::read_model reader(world.options(), 1);
    CHECK_EQ(reader.status().lag_events, 0);
    CHECK_EQ(reader.member(who), world.expected(who));
}

TEST_CASE("a log of several pages is folded in its order") {
    projected_log world;
    for (int i = 0; i < 5; ++i)
        world.pass_through(5000);
    const auto report = rebuild(world);
    CHECK_EQ(report.events, 50'000);
    CHECK_EQ(report.members, 25'000);
    CHECK_EQ(report.mended, 0);
    const auto as_their_last_event =
        world.database().connect().run("SELECT count(*) FROM datadrop.membership AS m"
                                       " JOIN datadrop.membership_events AS e"
                                       " USING (guild_id, user_id, version, position)"
                                       " WHERE m.version = 2 AND m.state = e.to_state"
                                       " AND m.updated_at = e.recorded_at");
    CHECK_EQ(as_their_last_event.number(0, 0), 25'000);
}

TEST_CASE("what the projector knew of a row that was wrong does not outlive its mending") {
    projected_log world;
    const auto who = test::new_member();
    world.bring_to(domain::state::invited_or_joined, who);
    rebuild(world);
    world.damage("UPDATE datadrop.membership SET lifecycle = 9");
    world.submit(test::make_command(who, domain::command_kind::leave));
    world.project();
    CHECK_EQ(rebuild(world).mended, 1);
    world.submit(test::make_command(who, domain::command_kind::join));
    world.project();
    CHECK_EQ(projections::read_model(world.options(), 1).member(who), world.expected(who));
}

TEST_CASE("a checkpoint beyond the end of the log is refused, and by force put back") {
    projected_log world;
    const auto who = test::new_member();
    world.bring_to(domain::state::role_eligible, who);
    world.project();
    world.damage("UPDATE datadrop.projection_checkpoints SET position = 500");
    CHECK(contains(refusal(world), "before the work: the read model of partition 0 is at position "
                                   "500, and the log ends at 4"));
    CHECK_EQ(refusal(world, {.force = true}), "done");
    world.submit(test::make_command(who, domain::command_kind::accept_rules));
    world.project();
    CHECK_EQ(projections::read_model(world.options(), 1).member(who), world.expected(who));
}

TEST_CASE("writers, projector, readers and a verification go on while it switches") {
    projected_log world;
    const auto steady = test::new_member();
    world.bring_to(domain::state::verified, steady);
    const auto members = world.make_members(3, 20);
    world.submit_random(members, 2000);
    world.project();
    const auto shown = world.expected(steady);

    projections::read_model reader(world.options(), 1);
    const auto least = reader.members({.limit = 1000}).size();
    busy_thread writing([&] { world.submit_random(members, 1); });
    busy_thread projecting([&] { world.project(); });
    busy_thread reading([&] {
        if (reader.member(steady) != shown) throw std::runtime_error("a row was not there");
        if (reader.members({.limit = 1000}).size() < least)
            throw std::runtime_error("rows missing");
    });
    busy_thread verifying([&] {
        if (difference_count(world) != 0) throw std::runtime_error("a row differed");
    });
    for (int i = 0; i < 5; ++i) {
        CHECK_EQ(rebuild(world).mended, 0);
        reading.wait_for(3);
        writing.wait_for(3);
        verifying.wait_for(1);
    }
    CHECK_EQ(writing.stop(), "");
    CHECK_EQ(reading.stop(), "");
    CHECK_EQ(verifying.stop(), "");
    CHECK_EQ(projecting.stop(), "");
    world.project();
    CHECK_EQ(difference_count(world), 0);
}

TEST_CASE("a reader that takes long delays the switch and is not broken") {
    projected_log world;
    world.bring_to(domain::state::verified, test::new_member());
    world.project();
    auto slow = world.database().connect();
    slow.begin();
    CHECK_EQ(slow.run("SELECT FROM datadrop.membership").size(), 1);

    auto watcher = world.database().connect();
    const auto waits = [&] {
        return watcher
                   .run("SELECT FROM pg_locks WHERE NOT granted"
                        " AND relation = 'datadrop.membership'::regclass")
                   .size() > 0;
    };
    auto rebuilding = std::async(std::launch::async, [&] { return rebuild(world).mended; });
    for (const bool waiting : {true, false, true}) // gave up once, and tries again
        CHECK(test::eventually([&] { return waits() == waiting; }));
    CHECK_EQ(slow.run("SELECT FROM datadrop.membership").size(), 1);
    slow.commit();
    CHECK_EQ(rebuilding.get(), 0);
    CHECK_EQ(difference_count(world), 0);
}

TEST_CASE("a reader that goes on too long is named, and the others hardly wait meanwhile") {
    projected_log world;
    const auto who = test::new_member();
    world.bring_to(domain::state::verified, who);
    world.project();
    auto slow = world.database().connect();
    slow.begin();
    CHECK_EQ(slow.run("SELECT FROM datadrop.membership").size(), 1);

    auto rebuilding = std::async(std::launch::async, [&] {
        return refusal(world, {.switch_wait_max = std::chrono::seconds{5}});
    });
    auto other = world.database().connect();
    std::atomic<int> waited = 0;
    std::atomic<int> reads = 0;
    std::atomic<bool> over = false;
    std::thread reading([&] { // one that could not have its answer at once has waited
        other.run_script("SET lock_timeout = '1ms'");
        while (!over) {
            try {
                other.run("SELECT FROM datadrop.membership");
            } catch (const eventstore::postgres::statement_refused&) {
                ++waited;
            }
            ++reads;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    });
    const auto told = rebuilding.get();
    over = true;
    reading.join();
    CHECK(contains(told, "after the work: "));
    CHECK(contains(told, fmt::format("process {} (\"datadrop\" of datadrop, idle in transaction",
                                     slow.backend_pid())));
    CHECK_GT(reads, 100);
    CHECK_LT(waited, reads / 4);
    slow.commit();
    CHECK_EQ(refusal(world), "done");
}

TEST_CASE("what hangs on the tables that are replaced is told before the work") {
    projected_log world(2);
    world.bring_to(domain::state::verified, test::new_member());
    world.project();
    world.damage("CREATE VIEW public.of_all AS SELECT * FROM datadrop.membership");
    CHECK_EQ(refusal(world), "done");
    SUBCASE("a foreign key") {
        world.damage("CREATE TABLE public.notes (p smallint, g bigint, u bigint,"
                     " CONSTRAINT of_member FOREIGN KEY (p, g, u) REFERENCES datadrop.membership)");
        CHECK(contains(refusal(world), "before the work: "));
        CHECK(contains(refusal(world), "of_member"));
    }
    SUBCASE("a view on the table of one partition") {
        world.damage("CREATE VIEW public.of_one AS SELECT * FROM datadrop.membership_1");
        CHECK(contains(refusal(world), "before the work: "));
        CHECK(contains(refusal(world), "of_one"));
    }
    SUBCASE("another owner") {
        auto db = world.database().connect();
        db.run_script("DROP ROLE IF EXISTS stranger; CREATE ROLE stranger IN ROLE pg_read_all_data;"
                      "GRANT USAGE ON SCHEMA datadrop TO stranger;"
                      "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA datadrop TO stranger;"
                      "SET ROLE stranger");
        CHECK_THROWS_WITH_AS(projections::rebuild(db, 2, [](const auto&) {}),
                             doctest::Contains("stranger is not the owner of datadrop."),
                             projections::rebuild_refused);
        db.run_script("RESET ROLE; DROP OWNED BY stranger; DROP ROLE stranger");
    }
}

TEST_CASE("rows of a log without an event are removed by force only") {
    projected_log world;
    world.damage(
        "INSERT INTO datadrop.membership VALUES (0, 1, 2, 'Verified', 7, 1, true, now(), 7)");
    CHECK(contains(refusal(world), "before the work: the log of partition 0 has 0 events, and the "
                                   "read model 1 rows"));
    CHECK(contains(refusal(world), "--force"));
    CHECK_EQ(rebuild(world, [](const auto&) {}, {.force = true}).mended, 1);
    CHECK_EQ(difference_count(world), 0);
}

TEST_CASE("its progress is shown while it is under way, and not after it") {
    projected_log world(3);
    world.submit_random(world.make_members(6, 3), 300);
    projections::read_model reader(world.options(), 3);
    std::vector<int> shown;
    const auto look = [&](const projections::progress& p) {
        const auto rebuilds = reader.status().rebuilds;
        REQUIRE_FALSE(rebuilds.empty());
        CHECK_EQ(rebuilds.back().partition, p.partition);
        CHECK_EQ(rebuilds.back().of, p.of);
        shown.push_back(number_of(p.partition));
    };
    SUBCASE("when it ends well") {
        const auto report = rebuild(world, look);
        CHECK_GT(report.events, 0);
        CHECK_EQ(shown.front(), 0);
        CHECK_EQ(shown.back(), 2);
    }
    SUBCASE("when it fails") {
        const auto fail = [&](const auto& p) {
            look(p);
            throw std::runtime_error("stop");
        };
        CHECK_THROWS_AS(rebuild(world, fail), std::runtime_error);
    }
    CHECK(reader.status().rebuilds.empty());
}

TEST_CASE("there is one at a time, and the next may begin when it ends") {
    projected_log world;
    world.bring_to(domain::state::verified, test::new_member());
    auto db = world.database().connect();
    const auto second = [&](const auto&) {
        CHECK_THROWS_AS(rebuild(world), projections::rebuild_refused);
    };
    CHECK_EQ(projections::rebuild(db, 1, second).members, 1);
    CHECK_EQ(rebuild(world).members, 1);
    CHECK_EQ(projections::rebuild(db, 1, [](const auto&) {}).members, 1);
}

TEST_SUITE_END();
