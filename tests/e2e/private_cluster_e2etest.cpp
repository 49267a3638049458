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
    struct stat data {};
    REQUIRE(::stat((folder / "data").c_str(), &data) == 0);
    CHECK((data.st_mode & 0777) == 0700);
    CHECK(owner_of(postmaster(folder)) != "0");
    const auto address = pid_file(folder).at(5);
    CHECK(address.find_first_not_of(' ') == std::string::npos);
}

} // namespace

TEST_CASE("private cluster: starts, stops, comes up on the same data, and recovers from kill -9 of "
          "both") {
    const temporary_folder parent;
    const auto folder = parent.path() / "private";
    const environment here{{"DATADROP_DATA_DIR", folder.string()}};
    const auto nothing_runs = run({"token", "list"}, {.variables = here});
    CHECK(nothing_runs.exit_code == 3);
    CHECK(nothing_runs.err.find("datadrop serve") != std::string::npos);

    auto serving = std::make_unique<server>(here);
    check_is_private(folder);
    const auto second = run({"serve", "--listen", "127.0.0.1:0"}, {.variables = here});
    CHECK(second.exit_code == 1); // its folder is in use
    CHECK(second.err.find(folder.string()) != std::string::npos);
    const auto token = create_token(here, "bot", "bot", "submit,read");
    auto bot = serving->connect(token);
    const auto who = somebody();
    CHECK(submit(bot, command(who, "Join")).at("version") == 1);
    auto cluster = postmaster(folder);
    CHECK(serving->stop() == 0);
    CHECK(is_gone(cluster));

    serving = std::make_unique<server>(here);
    bot = serving->connect(token);
    CHECK(submit(bot, command(who, "BeginOnboarding")).at("version") == 2);
    cluster = postmaster(folder);
    serving->kill();
    ::kill(cluster, SIGKILL);
    CHECK(is_gone(cluster));

    serving = std::make_unique<server>(here);
    bot = serving->connect(token);
    CHECK(submit(bot, command(who, "CompleteOnboarding")).at("version") == 3);
    serving->kill(); // alone: its PostgreSQL is taken over
    serving = std::make_unique<server>(here);
    bot = serving->connect(token);
    CHECK(submit(bot, command(who, "GrantEligibility")).at("version") == 4);
    CHECK(history(bot, who).size() == 4);
    CHECK(run({"projection", "verify"}, {.variables = here}).exit_code == 0);

    cluster = postmaster(folder);
    CHECK(serving->stop() == 0);
    CHECK(is_gone(cluster));
}

} // namespace datadrop::test
