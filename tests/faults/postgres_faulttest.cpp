// PostgreSQL is killed, restarted, held up, or without connections or disk, under load.

#include "tests/faults/cases.hpp"
#include "tests/faults/support/holds.hpp"

#include <cstdio>

#include <sys/mount.h>

namespace datadrop::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// PostgreSQL's crash recovery or restart takes a second or two, on a busy machine more; then the
/// processor connects at the next command, and a client comes back within half a second.
constexpr auto recovery_max = 15s;

/// Waits until there is one.
int wait_for_backend(stage& at, const std::string& which) {
    auto db = at.connect();
    int pid = 0;
    REQUIRE(eventually([&] { return (pid = a_backend(db, which)) != 0; }));
    return pid;
}

/// A small disk of memory, when this user may mount one.
class small_disk {
  public:
    explicit small_disk(const fs::path& at) : path_(at / "disk") {
        fs::create_directory(path_);
        mounted_ = ::mount("tmpfs", path_.c_str(), "tmpfs", 0, "size=144m,mode=0755") == 0;
    }
    ~small_disk() {
        if (mounted_) ::umount2(path_.c_str(), MNT_DETACH);
    }
    small_disk(const small_disk&) = delete;
    small_disk& operator=(const small_disk&) = delete;

    bool is_there() const { return mounted_; }
    fs::path home() const { return path_ / "pg"; }

    void fill() const {
        const std::string block(1 << 16, 'x');
        std::FILE* out = std::fopen(ballast().c_str(), "w");
        while (std::fwrite(block.data(), block.size(), 1, out) == 1 && std::fflush(out) == 0)
            ;
        std::fclose(out);
    }
    void free() const { fs::remove(ballast()); }

  private:
    fs::path ballast() const { return path_ / "ballast"; }
    fs::path path_;
    bool mounted_ = false;
};

} // namespace

TEST_SUITE_BEGIN("PostgreSQL");

TEST_CASE("kill -9 of a backend: all are ended by it, and everything goes on by itself") {
    stage at;
    const auto found = under_load(at, at.both_sides(), [&](load& clients) {
        cluster::kill_backend(wait_for_backend(at, "true"));
        clients.wait_for_accepted(100);
        cluster::kill_backend(wait_for_backend(at, "true"));
    });
    check_verdict(found, {.unavailability = recovery_max});
}

TEST_CASE("kill -9 of a backend in the middle of an append") {
    stage at;
    const auto found = under_load(at, at.both_sides(), [&](load&) {
        const held_tail held(at.database());
        cluster::kill_backend(wait_for_backend(at, "a.wait_event_type = 'Lock'"));
    });
    check_verdict(found, {.unavailability = recovery_max});
}

TEST_CASE("kill -9 of the postmaster, and its start") {
    stage at;
    const auto found = under_load(at, at.both_sides(), [&](load&) {
        at.postgres().kill_postmaster();
        at.postgres().start();
    });
    check_verdict(found, {.unavailability = recovery_max});
}

TEST_CASE("a restart under load, fast and immediate") {
    stage at;
    const auto found = under_load(at, at.both_sides(), [&](load& clients) {
        at.postgres().stop(shutdown::fast);
        at.postgres().start();
        clients.wait_for_accepted(100);
        at.postgres().stop(shutdown::immediate);
        at.postgres().start();
    });
    check_verdict(found, {.unavailability = recovery_max});
}

TEST_CASE("somebody holds the turn to write longer than a statement may take") {
    /// Statements are given up after 2 s, so several are; the last may have begun just before.
    constexpr auto held_time = 5s;
    stage at({.processors = 2});
    const auto found = under_load(at, at.both_sides(), [&](load& clients) {
        const held_tail held(at.database());
        const auto end = std::chrono::steady_clock::now() + held_time;
        while (std::chrono::steady_clock::now() < end)
            clients.wait_for_unsettled(1);
    });
    check_verdict(found, {.unavailability = held_time + 5s});
}

TEST_CASE("no connection is free: unavailable, until there is one") {
    stage at({.own_postgres = cluster::settings{{"max_connections", "20"}}});
    const auto found = under_load(at, at.both_sides(), [&](load& clients) {
        auto db = at.connect();
        at.proxy().refuse_connections();
        at.proxy().cut_connections();
        REQUIRE(eventually([&] { return a_backend(db, "true") == 0; }));
        const held_connections all(at.database());
        at.proxy().clear(); // from here on it is the server that turns the processor away
        clients.wait_for_unsettled(20);
    });
    check_verdict(found, {.unavailability = recovery_max});
}

TEST_CASE("the disk is full, and freed again") {
    const temporary_folder folder;
    const small_disk disk(folder.path());
    if (!disk.is_there()) {
        MESSAGE("left out: a small disk of its own takes root to mount");
        return;
    }
    stage at({.own_postgres = cluster::settings{{"max_wal_size", "32MB"},
                                                {"min_wal_size", "32MB"},
                                                {"shared_buffers", "16MB"}},
              .home_of_own = disk.home()});
    const auto found = under_load(at, at.both_sides(), [&](load& clients) {
        disk.fill();
        clients.wait_for_unsettled(20);
        disk.free();
        at.postgres().start_if_it_ended();
    });
    check_verdict(found, {.unavailability = 30s});
}

TEST_SUITE_END();

} // namespace datadrop::test
