// `serve` as process 1 of a container, with a PostgreSQL of its own: nobody else lays the ended to
// rest there, and the next container gives out the same numbers again. The container is the
// kernel's, by util-linux's `unshare`.

#include "eventstore/postgres/cluster/cluster_home.hpp"
#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

#include <boost/json/serialize.hpp>

#include <csignal>
#include <filesystem>
#include <sstream>

#include <unistd.h>

namespace datadrop::test {
namespace {

namespace fs = std::filesystem;
using eventstore::postgres::text_of;

struct known_process {
    int pid = 0;
    int parent = 0;
    char state = 0;
    std::string arguments{};
};

/// Everybody, as this side of the container sees them.
std::vector<known_process> processes() {
    std::vector<known_process> all;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const auto name = entry.path().filename().native();
        if (name.find_first_not_of("0123456789") != name.npos) continue;
        const auto stat = text_of(entry.path() / "stat"); // PID (NAME) STATE PARENT …
        known_process found{.pid = std::stoi(name), .arguments = text_of(entry.path() / "cmdline")};
        std::istringstream rest(stat.substr(std::min(stat.rfind(')') + 2, stat.size())));
        if (rest >> found.state >> found.parent) all.push_back(found);
    }
    return all;
}

/// Rights to make a container: root's, or those that the kernel gives to everybody.
arguments container_of_ours() {
    arguments all{"--pid", "--fork", "--mount-proc"};
    if (::geteuid() != 0) all.insert(all.begin(), {"--user", "--map-current-user"});
    return all;
}

bool containers_are_allowed() {
    auto words = container_of_ours();
    words.emplace_back("true");
    return run(words, {.input = {}, .variables = {}, .program = "unshare"}).exit_code == 0;
}

class container {
  public:
    explicit container(const environment& here) : unshare_(words(), here, "unshare") {
        constexpr std::string_view before = "listening on http://127.0.0.1:";
        if (!unshare_.wait_for_err(before, std::chrono::seconds{90}))
            throw std::runtime_error("the server does not listen:\n" + unshare_.err());
        const auto log = unshare_.err();
        port_ = static_cast<port_number>(std::stoi(log.substr(log.find(before) + before.size())));
        for (const auto& p : processes())
            if (p.parent == unshare_.pid()) first_ = p.pid;
    }
    ~container() { send(SIGKILL); }
    container(const container&) = delete;
    container& operator=(const container&) = delete;

    port_number port() const { return port_; }
    std::string log() const { return unshare_.err(); }
    /// To its process 1, with which all others end when it is killed.
    void send(int signal) const {
        if (first_ > 0) ::kill(first_, signal);
    }
    int wait() { return unshare_.wait().value_or(-1); }

    /// The postmaster, as this side numbers it.
    std::optional<int> postgres() const {
        for (const auto& p : processes())
            if (p.parent == first_ && p.arguments.find("/postgres") != std::string::npos)
                return p.pid;
        return std::nullopt;
    }
    int zombies() const {
        int count = 0;
        for (const auto& p : processes())
            count += p.parent == first_ && p.state == 'Z' ? 1 : 0;
        return count;
    }

  private:
    static arguments words() {
        auto all = container_of_ours();
        all.insert(all.end(), {the_built_one, "serve", "--listen", "127.0.0.1:0"});
        return all;
    }

    process unshare_;
    port_number port_ = 0;
    int first_ = 0;
};

/// Sends the command again until it is accepted.
void insist_on(port_number port, const std::string& token, const json::object& what) {
    CAPTURE(json::serialize(what));
    CHECK(eventually([&] {
        connection to(port, token);
        return submit(to, what).at("outcome") == "accepted";
    }));
}

std::string token_made_outside(const environment& here) {
    const server outside(here);
    return create_token(here, "bot", "bot", "submit,read");
}

void kill_postgres(const container& in) {
    // Backends of the one killed before may have answered, while it was not replaced yet.
    std::optional<int> lives;
    REQUIRE(eventually([&] { return (lives = in.postgres()).has_value(); }));
    ::kill(*lives, SIGKILL);
}

/// Another container on the same folder takes the next command, and ends well.
void check_goes_on(const environment& here, const std::string& token, const json::object& next) {
    container second(here);
    insist_on(second.port(), token, next);
    second.send(SIGTERM);
    CHECK(second.wait() == 0);
}

} // namespace

TEST_CASE(
    "container: as process 1, serve replaces a killed PostgreSQL, and starts on what a killed "
    "container left") {
    if (!containers_are_allowed()) {
        MESSAGE("left out: no container may be made here");
        return;
    }
    const temporary_folder parent;
    const environment here{{"DATADROP_DATA_DIR", (parent.path() / "private").string()}};
    const auto token = token_made_outside(here);
    const auto who = somebody();
    {
        const container first(here);
        insist_on(first.port(), token, command(who, "Join"));
        for (const auto* name : {"BeginOnboarding", "CompleteOnboarding"}) {
            kill_postgres(first);
            insist_on(first.port(), token, command(who, name));
        }
        CAPTURE(first.log());
        CHECK(eventually([&] { return first.zombies() == 0; }));
    }
    check_goes_on(here, token, command(who, "GrantEligibility"));
}

} // namespace datadrop::test
