// Positions and the history they were given in: a database restored under a running server, a
// failover that loses the log's end, and one that loses nothing.

#include "tests/e2e/support/verbs.hpp"
#include "tests/support/dump.hpp"
#include "tests/support/standby.hpp"
#include "tests/support/wait.hpp"

#include <doctest/doctest.h>

#include <chrono>

namespace datadrop::test {
namespace {

using domain::state;
using namespace std::chrono_literals;
using namespace std::string_literals;

/// A cursor's positions alone.
std::string without_checks(const std::string& cursor) {
    std::string positions;
    bool in_check = false;
    for (const char c : cursor) {
        in_check = c == '~' || (in_check && c != ',');
        if (!in_check) positions += c;
    }
    return positions;
}

/// The positions of the next events, as the feed's ids name them.
std::vector<std::string> take(feed& from, std::size_t count) {
    std::vector<std::string> positions;
    while (positions.size() < count) {
        const auto event = from.next();
        if (!event) break;
        positions.push_back(without_checks(event->id));
    }
    return positions;
}

/// The feed's last event says that it is not this log's any more, and where the log ends.
void check_end(feed& of, const std::string& head) {
    const auto event = of.next();
    REQUIRE(event);
    CHECK(event->type == "history_changed");
    CHECK(event->id.empty());
    CHECK(fields(event->data.as_object(), {"status", "code"}) == "409 history_changed");
    CHECK(without_checks(fields(event->data.as_object(), {"head"})) == head);
    CHECK(!of.next());
}

http_answer ask_for_feed(const server& from, const std::string& token, const std::string& cursor) {
    return from.connect(token).send(
        {.target = "/v1/events", .headers = {{"Last-Event-ID", cursor}}});
}

void check_refused(const http_answer& answer, const std::string& head) {
    CHECK(answer.status == 409);
    CHECK(answer.type() == "application/problem+json");
    CHECK(answer.field("code") == "history_changed");
    CHECK(without_checks(answer.field("head")) == head);
    CHECK(answer.field("detail").find(answer.field("head")) != std::string::npos);
}

/// As a submitter does, with the same key until it is settled.
void insist_on(const server& to, const std::string& token, const json::object& what) {
    CHECK(eventually([&] {
        try {
            auto bot = to.connect(token);
            return submit(bot, what).at("outcome") == "accepted";
        } catch (const std::exception&) {
            return false;
        }
    }));
}

/// A server whose readers were told of five events, and a backup from after the third of them.
struct told_of_five {
    told_of_five() {
        restore_dump(at.database.url(), backup.url());
        lost = somebody_in(bot, state::onboarding_in_progress);
        CHECK(take(live, 5) == std::vector<std::string>{"1", "2", "3", "4", "5"});
        CHECK(tail.wait_for_out("version 2   OnboardingBegun"));
        CHECK(take(early, 1) == std::vector<std::string>{"3"});
        CHECK(metric(at.front, "datadrop_log_regressions_total") == 0);
    }

    world at{};
    connection bot = at.front.connect(at.bot);
    member kept = somebody_in(bot, state::onboarding_completed);
    member lost{};
    scratch_database backup{{.partitions = {}}};
    feed live{at.front.port(), at.reader, {.after = "0"}};
    feed early{at.front.port(), at.reader, {.after = "2"}};
    process tail{
        {"events", "tail", "--after", "0", "--server", at.front.url(), "--token", at.reader}};
};

/// Nobody is kept waiting for a position that the log does not have.
void check_position_unknown(const world& at, const member& who, const std::string& position) {
    const auto began = std::chrono::steady_clock::now();
    const auto waiting = at.front.connect(at.reader).get(who.path() + "?min_position=" + position);
    CHECK(waiting.status == 409);
    CHECK(waiting.field("code") == "position_unknown");
    CHECK(std::chrono::steady_clock::now() - began < 2s);
}

/// A server on a primary with a standby.
struct replicated_server {
    explicit replicated_server(primary_and_standby::commits how)
        : servers(how), variables{{"DATADROP_DATABASE", servers.database()}} {
        servers.create_database();
        const auto made = run({"migrate"}, {.variables = variables});
        if (made.exit_code != 0) throw std::runtime_error(made.err);
        token = create_token(variables, "bot", "bot", "submit,read");
        front = std::make_unique<server>(variables);
    }

    primary_and_standby servers;
    environment variables;
    std::string token;
    std::unique_ptr<server> front;
};

} // namespace

TEST_CASE("histories: a restore under a running server is told to every reader") {
    told_of_five readers;
    const auto& at = readers.at;
    const auto cursor = readers.live.last_id();
    at.database.replace_with(readers.backup);
    check_end(readers.live, "3");
    for (const auto& known : {cursor, "5"s})
        check_refused(ask_for_feed(at.front, at.reader, known), "3");
    CHECK(readers.tail.wait() == 1);
    CHECK(contains(readers.tail.err(), "history_changed"));
    CHECK(eventually([&] { return metric(at.front, "datadrop_log_regressions_total") == 1; }));
    CHECK(contains(at.front.log(), "error the end of the log went back from 5 to 3"));
    check_position_unknown(at, readers.kept, "5");
    CHECK(at.front.connect(at.reader).get(readers.lost.path()).status == 404);
    // Other events get the positions, and a reader of the first ones is still not one of these.
    for (int i = 0; i < 3; ++i)
        insist_on(at.front, at.bot, command(somebody(), "Join"));
    check_refused(ask_for_feed(at.front, at.reader, cursor), "6");
    feed common(at.front.port(), at.reader, {.last_event_id = readers.early.last_id()});
    CHECK(take(common, 3) == std::vector<std::string>{"4", "5", "6"});
    CHECK(metric(at.front, "datadrop_log_regressions_total") == 1);
}

TEST_CASE("histories: with several partitions one that went back is enough") {
    const world at(3);
    auto bot = at.front.connect(at.bot);
    for (int i = 0; i < 6; ++i)
        somebody_in(bot, state::invited_or_joined);
    const scratch_database backup({.partitions = {}});
    restore_dump(at.database.url(), backup.url());
    feed live(at.front.port(), at.reader, {.after = "0"});
    CHECK(take(live, 6).size() == 6);
    const auto before = live.last_id();
    somebody_in(bot, state::invited_or_joined);
    CHECK(take(live, 1).size() == 1);
    at.database.replace_with(backup);
    check_end(live, without_checks(before));
    CHECK(ask_for_feed(at.front, at.reader, live.last_id()).status == 409);
    feed resumed(at.front.port(), at.reader, {.last_event_id = before});
    insist_on(at.front, at.bot, command(somebody(), "Join"));
    CHECK(take(resumed, 1).size() == 1);
}

TEST_CASE("histories: a standby that lacked the log's end is promoted") {
    replicated_server at(primary_and_standby::commits::asynchronous);
    auto bot = at.front->connect(at.token);
    somebody_in(bot, state::onboarding_completed);
    at.servers.wait_until_standby_has_all();
    at.servers.stop_standby();
    const auto lost = somebody_in(bot, state::onboarding_in_progress);
    feed live(at.front->port(), at.token, {.after = "0"});
    CHECK(take(live, 5).size() == 5);
    at.servers.kill_primary();
    at.servers.start_standby();
    at.servers.promote();
    check_end(live, "3");
    CHECK(eventually([&] { return metric(*at.front, "datadrop_log_regressions_total") == 1; }));
    insist_on(*at.front, at.token, command(somebody(), "Join"));
    auto reader = at.front->connect(at.token);
    CHECK(reader.get(lost.path() + "?min_position=5").field("code") == "position_unknown");
}

TEST_CASE("histories: a failover that loses nothing disturbs no reader") {
    replicated_server at(primary_and_standby::commits::synchronous);
    auto bot = at.front->connect(at.token);
    somebody_in(bot, state::onboarding_completed);
    feed live(at.front->port(), at.token, {.after = "0"});
    CHECK(take(live, 3).size() == 3);
    const auto cursor = live.last_id();
    at.servers.kill_primary();
    at.servers.promote();
    for (int i = 0; i < 3; ++i)
        insist_on(*at.front, at.token, command(somebody(), "Join"));
    CHECK(take(live, 3) == std::vector<std::string>{"4", "5", "6"});
    feed resumed(at.front->port(), at.token, {.last_event_id = cursor});
    CHECK(take(resumed, 3) == std::vector<std::string>{"4", "5", "6"});
    CHECK(metric(*at.front, "datadrop_log_regressions_total") == 0);
}

} // namespace datadrop::test
