#include "eventstore/postgres/cluster/private_cluster.hpp"

#include "eventstore/postgres/driver/session.hpp"
#include "tests/support/database.hpp"
#include "tests/support/text.hpp"
#include "tests/support/wait.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace fs = std::filesystem;
using namespace datadrop::eventstore::postgres;
using datadrop::test::contains;
using datadrop::test::temporary_folder;

namespace {

/// A folder for a cluster; the server of an owner that died in a test does not outlive it.
struct home {
    home() = default;
    ~home() {
        try {
            if (fs::exists(path / "data/postmaster.pid")) private_cluster({.folder = path}).stop();
        } catch (const cluster_failure& e) {
            MESSAGE(e.what());
        }
    }
    home(const home&) = delete;
    home& operator=(const home&) = delete;

    temporary_folder parent;
    fs::path path = parent.path() / "pg";
};

std::string answer(const private_cluster& cluster, const char* question) {
    session db({.database = cluster.database()});
    return std::string(db.run(question).text(0, 0));
}

/// A process that starts the cluster, writes a row and is gone without a word; gives the server.
int start_and_die(const fs::path& folder) {
    const pid_t owner = fork();
    if (owner == 0) {
        try {
            private_cluster cluster({.folder = folder});
            cluster.create_database();
            session db({.database = cluster.database()});
            db.run_script("CREATE TABLE IF NOT EXISTS public.kept (n int); INSERT INTO public.kept "
                          "VALUES (1)");
            kill(getpid(), SIGKILL);
        } catch (const std::exception&) {
            _exit(1);
        }
    }
    int status = 0;
    waitpid(owner, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    std::ifstream file(folder / "data/postmaster.pid");
    int server = 0;
    file >> server;
    return server;
}

void wait_for_end_of(int process) {
    datadrop::test::wait_until([process] { return kill(process, 0) != 0; }, "the end of a process");
}

void kill_server(int process) {
    kill(process, SIGKILL);
    wait_for_end_of(process);
}

/// A process of the server's user that has nothing to do with PostgreSQL.
class bystander {
  public:
    bystander() : pid_(fork()) {
        if (pid_ != 0) return;
        if (geteuid() != 0 || setuid(getpwnam("postgres")->pw_uid) == 0) pause();
        _exit(1);
    }
    ~bystander() {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    bystander(const bystander&) = delete;
    bystander& operator=(const bystander&) = delete;
    pid_t pid() const { return pid_; }

  private:
    pid_t pid_;
};

/// What it says when it refuses to start there; nothing when it starts.
std::string refusal(const fs::path& folder) {
    try {
        private_cluster cluster({.folder = folder});
    } catch (const cluster_failure& e) {
        return e.what();
    }
    return {};
}

} // namespace

TEST_SUITE_BEGIN("private cluster");

TEST_CASE("a new folder gets a cluster: a socket in it, no TCP, nobody else's rights, not root") {
    const home at;
    private_cluster cluster({.folder = at.path});
    cluster.create_database();
    cluster.create_database(); // there already: nothing happens
    CHECK_EQ(answer(cluster, "SELECT current_setting('listen_addresses')"), "");
    CHECK_EQ(answer(cluster, "SELECT current_user::text"), "datadrop");
    CHECK_EQ(answer(cluster, "SELECT current_setting('server_encoding')"), "UTF8");
    CHECK_EQ(answer(cluster, "SELECT current_setting('fsync')"), "on");
    for (const auto* folder : {"", "data", "run"})
        CHECK((fs::status(at.path / folder).permissions() == fs::perms::owner_all));
    struct stat server{};
    REQUIRE_EQ(stat(("/proc/" + std::to_string(cluster.pid())).c_str(), &server), 0);
    CHECK_NE(server.st_uid, 0);
}

TEST_CASE("it comes up again on its data, with the settings of the new start") {
    const home at;
    {
        private_cluster cluster({.folder = at.path});
        cluster.create_database("other");
        cluster.stop();
        cluster.stop(); // stopped already: nothing happens
    }
    private_cluster cluster({.folder = at.path, .settings = {{"work_mem", "7MB"}}});
    session db({.database = cluster.database("other")});
    CHECK_EQ(db.run("SELECT current_setting('work_mem')").text(0, 0), "7MB");
}

TEST_CASE("the end of the owner is the end of the server") {
    const home at;
    int server = 0;
    {
        private_cluster cluster({.folder = at.path});
        server = cluster.pid();
        CHECK_EQ(kill(server, 0), 0);
        CHECK_EQ(private_cluster::find(at.path), cluster.database());
    }
    wait_for_end_of(server);
    CHECK_NE(kill(server, 0), 0);
    CHECK_THROWS_AS(private_cluster::find(at.path), cluster_failure);
}

TEST_CASE("a folder has one owner; another is refused, and told who it is") {
    const home at;
    private_cluster cluster({.folder = at.path});
    CHECK(contains(refusal(at.path), std::to_string(getpid())));
    CHECK_EQ(kill(cluster.pid(), 0), 0);
}

TEST_CASE("a server whose owner was killed is taken over as it runs") {
    const home at;
    const int server = start_and_die(at.path);
    private_cluster cluster({.folder = at.path});
    CHECK_EQ(cluster.pid(), server);
    CHECK_EQ(answer(cluster, "SELECT count(*) FROM public.kept"), "1");
}

TEST_CASE("after the kill of owner and server, it recovers what was committed") {
    const home at;
    kill_server(start_and_die(at.path));
    private_cluster cluster({.folder = at.path});
    CHECK_EQ(answer(cluster, "SELECT count(*) FROM public.kept"), "1");
}

TEST_CASE("a server that was killed alone is started again by its owner") {
    const home at;
    private_cluster cluster({.folder = at.path});
    cluster.create_database();
    CHECK(cluster.runs());
    cluster.restart(); // it runs: nothing happens
    const int killed = cluster.pid();
    kill_server(killed);
    CHECK_FALSE(cluster.runs());
    cluster.restart();
    CHECK(cluster.runs());
    CHECK_NE(cluster.pid(), killed);
    CHECK_EQ(answer(cluster, "SELECT 1"), "1");
}

TEST_CASE("lock files whose number has gone to another process are no obstacle") {
    const home at;
    kill_server(start_and_die(at.path));
    const bystander other;
    for (const auto* name : {"data/postmaster.pid", "run/.s.PGSQL.5432.lock"}) {
        const auto file = at.path / name;
        std::ifstream in(file);
        std::string first;
        REQUIRE(std::getline(in, first));
        const std::string others{std::istreambuf_iterator<char>(in), {}};
        std::ofstream(file) << other.pid() << '\n' << others;
    }
    private_cluster cluster({.folder = at.path});
    CHECK_EQ(answer(cluster, "SELECT count(*) FROM public.kept"), "1");
}

TEST_CASE("an initdb that was interrupted is begun anew") {
    const home at;
    fs::create_directories(at.path / "data.new/base");
    std::ofstream(at.path / "owner.lock") << 1;
    std::ofstream(at.path / "data.new/PG_VERSION") << 15;
    private_cluster cluster({.folder = at.path});
    CHECK_FALSE(fs::exists(at.path / "data.new"));
}

TEST_CASE("a folder that cannot serve is refused with its reason, and left as it is") {
    const temporary_folder parent;
    SUBCASE("it holds something else") {
        std::ofstream(parent.path() / "letter.txt") << "dear";
        const auto rights = fs::status(parent.path()).permissions();
        CHECK(contains(refusal(parent.path()), "something else"));
        CHECK((fs::status(parent.path()).permissions() == rights));
    }
    SUBCASE("the path of its socket is too long") {
        CHECK(contains(refusal(parent.path() / std::string(90, 'x')), "107"));
    }
    SUBCASE("its path has a character that a configuration would misread") {
        for (const auto* name : {"it's", "a\"b", "a,b", "$HOME", "a\nb", "a\\b", "a`b"})
            CHECK(contains(refusal(parent.path() / name), "cannot hold"));
    }
    SUBCASE("the server that made its data is not installed") {
        fs::create_directories(parent.path() / "data");
        std::ofstream(parent.path() / "owner.lock") << 1;
        std::ofstream(parent.path() / "data/PG_VERSION") << "9\n";
        CHECK(contains(refusal(parent.path()), "postgresql-9"));
    }
}

TEST_CASE("a path with blanks serves") {
    const temporary_folder parent;
    private_cluster cluster({.folder = parent.path() / "my data"});
    cluster.create_database();
    CHECK_EQ(answer(cluster, "SELECT 1"), "1");
}

TEST_SUITE_END();
