// What systemd hears of a server that it started, on a socket of its kind, and what journald reads.

#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <sstream>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace datadrop::test {
namespace {

/// The socket that NOTIFY_SOCKET names, and what came there, a line each.
class notify_socket {
  public:
    notify_socket() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
        REQUIRE(path().size() < sizeof address.sun_path);
        std::ranges::copy(path(), std::begin(address.sun_path));
        REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    }
    ~notify_socket() { ::close(socket_); }
    notify_socket(const notify_socket&) = delete;
    notify_socket& operator=(const notify_socket&) = delete;

    std::string path() const { return (folder_.path() / "notify").string(); }

    const std::vector<std::string>& told() {
        std::array<char, 4096> datagram;
        for (ssize_t got = 0; (got = ::recv(socket_, datagram.data(), datagram.size(), 0)) > 0;) {
            std::istringstream lines(std::string(datagram.data(), static_cast<std::size_t>(got)));
            for (std::string line; std::getline(lines, line);)
                told_.push_back(line);
        }
        return told_;
    }
    std::ptrdiff_t count(std::string_view beginning) {
        return std::ranges::count_if(told(),
                                     [&](const auto& l) { return l.starts_with(beginning); });
    }
    bool hears(std::string_view beginning, std::ptrdiff_t times = 1) {
        return eventually([&] { return count(beginning) >= times; });
    }

  private:
    temporary_folder folder_;
    int socket_;
    std::vector<std::string> told_;
};

/// On a database of its own, whose state is what the server says of itself.
struct managed {
    explicit managed(const environment& more = {}) {
        variables = on(database);
        variables["NOTIFY_SOCKET"] = systemd.path();
        variables.insert(more.begin(), more.end());
    }
    scratch_database database;
    notify_socket systemd;
    environment variables;
};

/// Becomes a program of whose stderr journald would be told that it is its own.
const arguments as_in_journald{
    "sh", "-c", "JOURNAL_STREAM=$(stat -Lc %d:%i /proc/self/fd/2) exec \"$0\" \"$@\""};

bool all_begin_with(const std::string& text, const std::string& beginning) {
    std::istringstream lines(text);
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count)
        if (!line.starts_with(beginning)) return false;
    return count > 0;
}

} // namespace

TEST_SUITE_BEGIN("service manager");

TEST_CASE("systemd: hears READY=1 once, when /readyz is 200, and STOPPING=1 before the end") {
    managed at;
    process serving({"serve", "--listen", "127.0.0.1:0"}, at.variables);
    REQUIRE(at.systemd.hears("READY=1"));
    constexpr std::string_view before = "listening on ";
    REQUIRE(serving.wait_for_err(before));
    const auto log = serving.err();
    const auto url = log.substr(log.find(before) + before.size());
    const auto port = static_cast<port_number>(std::stoi(url.substr(url.rfind(':') + 1)));
    CHECK(connection(port).get("/readyz").status == 200);
    CHECK(at.systemd.count("STATUS=serving on http://127.0.0.1:" + std::to_string(port)) == 1);
    CHECK(at.systemd.told().front() == "STATUS=opening the connections to the database");

    serving.send(SIGTERM);
    CHECK(serving.wait() == 0);
    CHECK(at.systemd.count("STOPPING=1") == 1);
    CHECK(at.systemd.told().back().starts_with("STATUS=stopping"));
    CHECK(at.systemd.count("READY=1") == 1);
    CHECK(at.systemd.count("WATCHDOG=1") == 0); // nobody set one
}

TEST_CASE("systemd: hears how a server is whose database takes no writes for a while") {
    managed at;
    const server front(at.variables);
    CHECK(at.systemd.hears("STATUS=serving"));
    auto db = at.database.connect();
    const std::string name(db.run("SELECT current_database()").text(0, 0));
    db.run_script("ALTER DATABASE " + name + " SET default_transaction_read_only = on");
    db.run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
           " WHERE datname = current_database() AND pid <> pg_backend_pid()");
    CHECK(at.systemd.hears("STATUS=not ready"));
    db.run_script("ALTER DATABASE " + name + " RESET default_transaction_read_only");
    CHECK(at.systemd.hears("STATUS=serving", 2));
    CHECK(at.systemd.count("READY=1") == 1);
}

TEST_CASE("systemd: hears again and again that the io thread runs, where it set a watchdog") {
    managed at(environment{{"WATCHDOG_USEC", "100000"}});
    const server front(at.variables);
    CHECK(at.systemd.hears("WATCHDOG=1", 5));
}

TEST_CASE("systemd: the private PostgreSQL says nothing in the server's name") {
    const temporary_folder parent;
    notify_socket systemd;
    server front({{"NOTIFY_SOCKET", systemd.path()},
                  {"DATADROP_DATA_DIR", (parent.path() / "private").string()}});
    CHECK(systemd.told().front() == "STATUS=starting the private PostgreSQL");
    CHECK(systemd.hears("READY=1"));
    CHECK(front.stop() == 0);
    CHECK(systemd.count("READY=1") == 1);
    CHECK(systemd.told().back() == "STATUS=stopping: the private PostgreSQL ends");
}

TEST_CASE("journald: each line stands behind its priority where journald reads it, and nowhere "
          "else") {
    const scratch_database database;
    server front(on(database), {"--connection-limit", "16"}, as_in_journald); // nothing to warn of
    CHECK(front.stop() == 0);
    CHECK(all_begin_with(front.log(), "<6>"));

    auto line = as_in_journald;
    line.insert(line.end(), {the_built_one, "serve", "--config", "/nowhere"});
    line.erase(line.begin());
    const auto refused = run(line, {.program = "sh"});
    CHECK(refused.exit_code == 2);
    CHECK(all_begin_with(refused.err, "<3>datadrop: "));

    const auto elsewhere =
        run({"serve", "--config", "/nowhere"}, {.variables = {{"JOURNAL_STREAM", "1:1"}}});
    CHECK(all_begin_with(elsewhere.err, "datadrop: "));
}

TEST_SUITE_END();

} // namespace datadrop::test
