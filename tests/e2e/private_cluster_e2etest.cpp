// The embedded default: `datadrop serve` without a database.

#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include <sys/stat.h>

namespace datadrop::test {
namespace {

namespace fs = std::filesystem;
using domain::state;

/// The first line of postmaster.pid, the sixth is the TCP address.
std::vector<std::string> pid_file(const fs::path& folder) {
    std::vector<std::string> lines;
    std::ifstream in(folder / "data/postmaster.pid");
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    return lines;
}

int postmaster(const fs::path& folder) { return std::stoi(pid_file(folder).at(0)); }

bool is_gone(int pid) {
    return eventually([pid] { return ::kill(pid, 0) != 0 && errno == ESRCH; });
}

std::string owner_of(int pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(in, line);)
        if (line.starts_with("Uid:")) return line.substr(5, line.find('\t', 5) - 5);
    return {};
}

void check_is_private(const fs::path& folder) {
    struct stat data{};
    REQUIRE(::stat((folder / "data").c_str(), &data) == 0);
    CHECK((data.st_mode & 0777) == 0700);
    CHECK(owner_of(postmaster(folder)) != "0");
    const auto address = pid_file(folder).at(5);
    CHECK(address.find_first_not_of(' ') == std::string::npos);
}

/// `serve` on a private PostgreSQL in a folder of its own, with a member in version 1.
struct embedded {
    embedded() { check_reaches("Join", 1); }

    void check_reaches(std::string_view name, int version) {
        CHECK(submit(bot, command(who, name)).at("version") == version);
    }

    void start() {
        front = std::make_unique<server>(here);
        bot = front->connect(token);
    }
    /// Its PostgreSQL goes with it.
    void stop() const {
        const auto postgres = postmaster(folder);
        CHECK(front->stop() == 0);
        CHECK(is_gone(postgres));
    }
    void kill_postgres() const {
        const auto killed = postmaster(folder);
        ::kill(killed, SIGKILL);
        CHECK(is_gone(killed));
    }

    /// Sends the command again until it is accepted; whatever is said before is `unavailable`.
    void insist_on(const json::object& what) {
        json::object told;
        CHECK(eventually([&] {
            told = submit(bot, what);
            if (told.at("outcome") != "accepted")
                CHECK(fields(told, {"status", "outcome"}) == "503 unavailable");
            return told.at("outcome") == "accepted";
        }));
    }

    temporary_folder parent;
    std::filesystem::path folder = parent.path() / "private";
    environment here{{"DATADROP_DATA_DIR", folder.string()}};
    std::unique_ptr<server> front = std::make_unique<server>(here);
    std::string token = create_token(here, "bot", "bot", "submit,read");
    connection bot = front->connect(token);
    member who = somebody();
};

} // namespace

TEST_CASE("private cluster: what finds none that runs names the command that starts it") {
    const temporary_folder parent;
    const environment here{{"DATADROP_DATA_DIR", (parent.path() / "private").string()}};
    const auto nothing_runs = run({"token", "list"}, {.variables = here});
    CHECK(nothing_runs.exit_code == 3);
    CHECK(contains(nothing_runs.err, "datadrop serve"));
}

TEST_CASE("private cluster: starts, stops, comes up on the same data, and recovers from kill -9 of "
          "both") {
    embedded at;
    check_is_private(at.folder);
    const auto second = run({"serve", "--listen", "127.0.0.1:0"}, {.variables = at.here});
    CHECK(second.exit_code == 1); // its folder is in use
    CHECK(contains(second.err, at.folder.string()));
    at.stop();
    at.start();
    at.check_reaches("BeginOnboarding", 2);
    at.front->kill();
    at.kill_postgres();
    at.start();
    at.check_reaches("CompleteOnboarding", 3);
    at.front->kill(); // alone: its PostgreSQL is taken over
    at.start();
    at.check_reaches("GrantEligibility", 4);
    CHECK(history(at.bot, at.who).size() == 4);
    CHECK(run({"projection", "verify"}, {.variables = at.here}).exit_code == 0);
    at.stop();
}

TEST_CASE("private cluster: a killed PostgreSQL is started again in seconds, and nothing is lost") {
    embedded at;
    for (const auto* name : {"BeginOnboarding", "CompleteOnboarding", "GrantEligibility"}) {
        at.kill_postgres();
        at.insist_on(command(at.who, name)); // within the time that is waited for anything
    }
    CHECK(at.front->log().find("starting it again") != std::string::npos);
    // Counted once it is known to serve, which the last command may have been before.
    CHECK(eventually(
        [&] { return metric(*at.front, "datadrop_private_cluster_restarts_total") == 3; }));
    CHECK(eventually([&] { return at.bot.get("/readyz").status == 200; }));
    const auto events = history(at.bot, at.who);
    REQUIRE(events.size() == 4);
    for (std::size_t i = 0; i < events.size(); ++i)
        CHECK(events[i].at("position").as_string() == std::to_string(i + 1));
    CHECK(eventually([&] { return at.bot.get(at.who.path()).field("version") == "4"; }));
    CHECK(run({"projection", "verify"}, {.variables = at.here}).exit_code == 0);
}

TEST_CASE("private cluster: a new one has as many partitions as were asked for, and keeps them") {
    const temporary_folder parent;
    const environment here{{"DATADROP_DATA_DIR", (parent.path() / "private").string()}};
    {
        const server made(here, {"--partitions", "3"});
        CHECK(run({"migrate"}, {.variables = here}).out.find("partitions: 3") != std::string::npos);
    }
    const auto refused = run({"serve", "--partitions", "4"}, {.variables = here});
    CHECK(refused.exit_code == 1);
    CHECK(refused.err.find("made with 3 partitions") != std::string::npos);
    CHECK(refused.err.find("to 4") != std::string::npos);
    const server same(here, {"--partitions", "3"});
    CHECK(run({"serve", "--partitions", "3"}, {.variables = shared_world().variables}).exit_code ==
          2);
}

TEST_CASE(
    "private cluster: a PostgreSQL that does not start is tried again, and the log says why") {
    embedded at;
    const auto control = at.folder / "data/global/pg_control";
    const auto away = at.folder / "pg_control";
    fs::rename(control, away);
    at.kill_postgres();
    const auto next = command(at.who, "BeginOnboarding");
    CHECK(at.front->program().wait_for_err("did not start"));
    CHECK(at.front->program().wait_for_err("pg_control"));
    CHECK(fields(submit(at.bot, next), {"status", "outcome"}) == "503 unavailable");
    CHECK(at.bot.get("/readyz").status == 503);
    SUBCASE("it runs again by itself, once it can") {
        fs::rename(away, control);
        CHECK(at.front->program().wait_for_err("runs again"));
        at.insist_on(next);
        CHECK(history(at.bot, at.who).size() == 2);
    }
    SUBCASE("SIGTERM ends the server all the same") { CHECK(at.front->stop() == 0); }
}

} // namespace datadrop::test
