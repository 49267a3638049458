// The feed as it arrives: through Debian's proxies with their packages' settings, and at a reader
// as browsers have it, npm's EventSource.

#include "tests/e2e/support/proxies.hpp"
#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>

namespace datadrop::test {
namespace {

using domain::state;
using namespace std::chrono_literals;

/// On Node.js; see tests/node/follow_feed.mjs for what it prints.
class reading_program {
  public:
    reading_program(port_number port, const std::string& token, const std::string& after)
        : node_({std::string(DATADROP_NODE_FOLDER) + "/follow_feed.mjs",
                 "http://127.0.0.1:" + std::to_string(port), after},
                {{"TOKEN", token}}, "node") {}

    /// Whether it prints the line that often, and no more often, in time.
    bool says(const std::string& line, int times = 1, std::chrono::milliseconds limit = patience) {
        return eventually([&] { return count(line) >= times; }, limit) && count(line) == times;
    }
    std::string all() const { return node_.out() + node_.err(); }

    int count(const std::string& line) const {
        int lines = 0;
        const auto text = "\n" + node_.out();
        const auto wanted = "\n" + line + "\n";
        for (auto at = text.find(wanted); at != std::string::npos; at = text.find(wanted, at + 1))
            ++lines;
        return lines;
    }

  private:
    process node_;
};

/// A world whose server can be stopped and started again behind the same door.
struct restartable {
    restartable() : at(1, {"--listen", "127.0.0.1:" + std::to_string(port)}) {}
    void stop() { CHECK((again ? *again : at.front).stop() == 0); }
    void start() {
        again.emplace(at.variables, arguments{"--listen", "127.0.0.1:" + std::to_string(port)});
    }
    connection bot() const { return connection(port, at.bot); }

    port_number port = free_port();
    world at;
    std::optional<server> again{};
};

void write_event(connection bot, const json::object& what) { check_accepted(submit(bot, what)); }

/// What is written comes to the reader, as this line and once.
void check_reads(reading_program& reader, const restartable& house, const json::object& written,
                 const std::string& line) {
    write_event(house.bot(), written);
    CHECK(reader.says(line));
}

} // namespace

TEST_CASE("proxies: what is written arrives at once, through nginx and HAProxy as packaged") {
    for (const auto which : {proxy_kind::nginx, proxy_kind::haproxy}) {
        CAPTURE(static_cast<int>(which));
        const auto& at = shared_world();
        const proxy between(which, at.front.port());
        feed live(between.port(), at.reader, {.after = "latest"});
        const auto who = somebody();
        for (const auto* name : {"Join", "Leave", "Join"}) {
            write_event(connection(between.port(), at.bot), command(who, name));
            CHECK(live.next(1s));
        }
        CHECK(live.retry());
    }
}

TEST_CASE("proxies: an EventSource follows through each of them, and across a restart") {
    for (const auto which : {std::optional<proxy_kind>{}, std::optional(proxy_kind::nginx),
                             std::optional(proxy_kind::haproxy)}) {
        CAPTURE(which.has_value());
        restartable house;
        std::optional<proxy> between;
        if (which) between.emplace(*which, house.port);
        reading_program reader(which ? between->port() : house.port, house.at.reader, "0");
        CHECK(reader.says("open"));
        const auto who = somebody();
        check_reads(reader, house, command(who, "Join"), "MemberJoined 1");
        house.stop();
        CHECK(eventually([&] { return reader.count("lost") > 0; }));
        house.start();
        check_reads(reader, house, command(who, "Leave"), "MemberLeft 2");
        check_reads(reader, house, command(who, "Join"), "MemberJoined 3");
        CHECK(reader.count("MemberJoined 1") == 1);
        INFO(reader.all());
    }
}

TEST_CASE("proxies: an EventSource is not lost while the database is away, nor refused meanwhile") {
    const world at;
    const proxy nginx(proxy_kind::nginx, at.front.port());
    const proxy haproxy(proxy_kind::haproxy, at.front.port());
    reading_program first(nginx.port(), at.reader, "0");
    CHECK(first.says("open"));
    at.database.take_away();
    CHECK(eventually([&] { return at.front.connect().get("/readyz").status == 503; }));
    reading_program second(haproxy.port(), at.reader, "0");
    CHECK(second.says("open"));
    at.database.give_back();
    CHECK(eventually([&] { return at.front.connect().get("/readyz").status == 200; }));
    write_event(at.front.connect(at.bot), command(somebody(), "Join"));
    for (auto* reader : {&first, &second}) {
        CHECK(reader->says("MemberJoined 1"));
        CHECK(reader->all() == "open\nMemberJoined 1\n");
    }
}

TEST_CASE(
    "proxies: an EventSource that finds no room comes again, and one of old events gives up") {
    const world at(1, {"--feed-limit", "100"});
    std::vector<std::unique_ptr<feed>> all;
    for (int i = 0; i < 100; ++i)
        all.push_back(
            std::make_unique<feed>(at.front.port(), at.reader, feed::options{.after = "latest"}));
    reading_program waiting(at.front.port(), at.reader, "0");
    CHECK(waiting.says("lost"));
    CHECK(waiting.all() == "open\nlost\n"); // and is patient for 10 s
    reading_program old(at.front.port(), at.reader, "7");
    CHECK(old.says("refused 409"));
}

} // namespace datadrop::test
