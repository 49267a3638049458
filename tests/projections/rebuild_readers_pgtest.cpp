// Those who read and write while a rebuild puts the new tables in the place of the old ones.

#include "tests/projections/support/rebuilding.hpp"
#include "tests/support/text.hpp"

#include <fmt/format.h>

#include <atomic>
#include <functional>
#include <future>
#include <thread>

using namespace datadrop;
using test::contains;
using test::difference_count;
using test::projected_log;
using test::rebuild;
using test::refusal;

TEST_SUITE_BEGIN("rebuild");

namespace {

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

std::vector<domain::member_id> members_with_events(projected_log& world) {
    auto members = world.make_members(3, 20);
    world.submit_random(members, 2000);
    return members;
}

void require_no_difference(const projected_log& world) {
    if (difference_count(world) != 0) throw std::runtime_error("a row differed");
}

/// Throws when its member is not as it was, or others are missing.
class steady_reader {
  public:
    steady_reader(projected_log& world, domain::member_id who)
        : model_(world.options(), 1), who_(who), shown_(world.expected(who)),
          least_(model_.members({.limit = 1000}).size()) {}

    void read() {
        if (model_.member(who_) != shown_) throw std::runtime_error("a row was not there");
        if (model_.members({.limit = 1000}).size() < least_)
            throw std::runtime_error("rows missing");
    }

  private:
    projections::read_model model_;
    domain::member_id who_;
    std::optional<projections::member_row> shown_;
    std::size_t least_;
};

/// A reader that has begun a transaction and goes on to hold what it has read.
class slow_reader {
  public:
    explicit slow_reader(const projected_log& world) : db_(world.database().connect()) {
        db_.begin();
        read();
    }
    void read() { CHECK_EQ(db_.run("SELECT FROM datadrop.membership").size(), 1); }
    void end() { db_.commit(); }
    int pid() const { return db_.backend_pid(); }

  private:
    eventstore::postgres::session db_;
};

/// Reads again and again; one that could not have its answer at once has waited.
class hasty_reader {
  public:
    explicit hasty_reader(const projected_log& world) : db_(world.database().connect()) {
        db_.run_script("SET lock_timeout = '1ms'");
    }
    int reads() const { return reads_; }
    int waited() const { return waited_; }

    void read() {
        try {
            db_.run("SELECT FROM datadrop.membership");
        } catch (const eventstore::postgres::statement_refused&) {
            ++waited_;
        }
        ++reads_;
        std::this_thread::sleep_for(std::chrono::milliseconds(5)); // its pace
    }

  private:
    eventstore::postgres::session db_;
    std::atomic<int> reads_ = 0;
    std::atomic<int> waited_ = 0;
};

} // namespace

TEST_CASE("writers, projector, readers and a verification go on while it switches") {
    projected_log world;
    const auto steady = test::new_member();
    world.bring_to(domain::state::verified, steady);
    const auto members = members_with_events(world);
    world.project();
    steady_reader reader(world, steady);
    busy_thread writing([&] { world.submit_random(members, 1); });
    busy_thread projecting([&] { world.project(); });
    busy_thread reading([&] { reader.read(); });
    busy_thread verifying([&] { require_no_difference(world); });
    for (int i = 0; i < 5; ++i) {
        CHECK_EQ(rebuild(world).mended, 0);
        reading.wait_for(3);
        writing.wait_for(3);
        verifying.wait_for(1);
    }
    for (auto* const busy : {&writing, &reading, &verifying, &projecting})
        CHECK_EQ(busy->stop(), "");
    world.project();
    CHECK_EQ(difference_count(world), 0);
}

TEST_CASE("a reader that takes long delays the switch and is not broken") {
    projected_log world;
    world.bring_to(domain::state::verified, test::new_member());
    world.project();
    slow_reader slow(world);
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
    slow.read();
    slow.end();
    CHECK_EQ(rebuilding.get(), 0);
    CHECK_EQ(difference_count(world), 0);
}

TEST_CASE("a reader that goes on too long is named, and the others hardly wait meanwhile") {
    projected_log world;
    world.bring_to(domain::state::verified, test::new_member());
    world.project();
    slow_reader slow(world);
    hasty_reader other(world);
    busy_thread reading([&] { other.read(); });
    const auto told = refusal(world, {.switch_wait_max = std::chrono::seconds{5}});
    CHECK_EQ(reading.stop(), "");
    CHECK(contains(told, "after the work: "));
    CHECK(contains(told, fmt::format("process {} (\"datadrop\" of datadrop, idle in transaction",
                                     slow.pid())));
    CHECK_GT(other.reads(), 100);
    CHECK_LT(other.waited(), other.reads() / 4);
    slow.end();
    CHECK_EQ(refusal(world), "done");
}

TEST_SUITE_END();
