// The numbers of /metrics: every series is there before anything is counted, since the first count
// of one that comes later is lost to increase().

#include "eventstore/position.hpp"
#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <set>
#include <sstream>

namespace datadrop::test {
namespace {

/// Names with labels, and the numbers behind them.
std::map<std::string, double> series_of(const server& front) {
    std::istringstream lines(front.connect().get("/metrics").body);
    std::map<std::string, double> all;
    for (std::string line; std::getline(lines, line);)
        if (const auto blank = line.rfind(' '); !line.starts_with('#') && blank != line.npos)
            all[line.substr(0, blank)] = std::stod(line.substr(blank));
    return all;
}

std::set<std::string> names_of(const std::map<std::string, double>& series) {
    std::set<std::string> names;
    for (const auto& [name, value] : series)
        names.insert(name);
    return names;
}

/// Something of every kind: done, refused, not there, not understood, not allowed.
void use(const world& at) {
    auto bot = at.front.connect(at.bot);
    auto someone = at.front.connect(at.operator_one);
    const auto who = somebody_in(bot, domain::state::invited_or_joined);
    submit(bot, command(who, "Join"));
    submit(bot, command(who, "Leave", {{"expected_version", 7}, {"on_conflict", "fail"}}));
    submit(bot, command(who, "Nothing"));
    const auto parked = park(bot);
    for (const auto& path : {"/v1/members", "/v1/projection", "/v1/dead-letters",
                             "/v1/events?after=x", "/readyz", "/healthz", "/nowhere"}) {
        someone.get(path);
        at.front.connect().get(path);
        at.front.connect(at.submitter).get(path);
    }
    for (const auto& path : {who.path(), who.path() + "/history", somebody().path(),
                             std::string("/v1/members/x/y"), parked.path(), parked.path() + "9"})
        someone.get(path);
    for (const auto* verb : {"/redrive", "/discard"})
        someone.post_text(parked.path(verb), "[]");
    someone.send({.method = "POST", .target = "/v1/commands", .body = "{}", .type = "text/plain"});
    someone.post("/healthz", nullptr);
    at.front.connect(at.bot).post_text("/v1/commands", std::string(1 << 21, ' '));
    auto stranger = at.front.connect();
    stranger.write("hello\r\n\r\n");
    CHECK(stranger.read().has_value());
}

double value(const server& front, const std::string& series) {
    const auto all = series_of(front);
    const auto found = all.find(series);
    REQUIRE_MESSAGE(found != all.end(), series);
    return found->second;
}

const std::string parked_now = R"(datadrop_dead_letters_parked{code="retry_budget_spent"})";
const std::string oldest_parked =
    R"(datadrop_dead_letters_oldest_parked_timestamp_seconds{code="retry_budget_spent"})";

/// The projector of this partition waits for as long as it lives.
class held_projection {
  public:
    held_projection(const world& at, eventstore::partition_number partition)
        : db_(at.database.connect()) {
        db_.begin();
        db_.run("SELECT position FROM datadrop.projection_checkpoints WHERE partition = " +
                std::to_string(number_of(partition)) + " FOR UPDATE");
    }

  private:
    eventstore::postgres::session db_;
};

double seconds_since_1970() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

} // namespace

TEST_CASE("metrics: every series is there from the start, at 0") {
    const world at(1, {"--budget-ms", "50"});
    const auto before = series_of(at.front);
    for (const auto* outcome : {"accepted", "rejected", "conflict", "dead_lettered", "overloaded",
                                "unavailable", "invalid"}) {
        CAPTURE(outcome);
        const auto found =
            before.find("datadrop_commands_total{outcome=\"" + std::string(outcome) + "\"}");
        REQUIRE(found != before.end());
        CHECK(found->second == 0);
    }
    use(at);
    const auto after = series_of(at.front);
    CHECK(names_of(after) == names_of(before));
    CHECK(after.at("datadrop_commands_total{outcome=\"invalid\"}") == 1);
    CHECK(after.at("datadrop_http_requests_total{method=\"POST\",route=\"/v1/commands\","
                   "status=\"413\"}") == 1);
    CHECK(after.at("datadrop_command_seconds_count{outcome=\"accepted\"}") ==
          after.at("datadrop_commands_total{outcome=\"accepted\"}"));
    CHECK(after.at("datadrop_command_attempts_bucket{le=\"1\"}") > 0);
    CHECK(after.at("datadrop_command_attempts_count") >
          after.at("datadrop_command_attempts_bucket{le=\"1\"}"));
    CHECK(after.at("datadrop_database_statement_seconds_count{statement=\"append\"}") > 0);
    CHECK(after.at("datadrop_database_statement_seconds_count{statement=\"park\"}") == 1);
    for (const auto& [name, number] : after)
        if (name.starts_with("datadrop_database_errors_total")) CHECK_MESSAGE(number == 0, name);
}

TEST_CASE("metrics: promtool finds nothing to say against them") {
    const auto text = shared_world().front.connect().get("/metrics").body;
    const auto said = run({"check", "metrics"}, {.input = text, .program = "promtool"});
    INFO(said.out);
    CHECK(said.err == "");
    CHECK(said.exit_code == 0);
}

TEST_CASE("metrics: dead letters that wait, and since when") {
    const world at(3, {"--budget-ms", "50"});
    CHECK(value(at.front, parked_now) == 0);
    CHECK(value(at.front, oldest_parked) == 0);
    auto bot = at.front.connect(at.bot);
    const auto began = seconds_since_1970();
    const auto first = park(bot);
    const auto between = seconds_since_1970();
    for (int i = 0; i < 3; ++i)
        park(bot);
    CHECK(eventually([&] { return value(at.front, parked_now) == 4; }));
    CHECK(value(at.front, oldest_parked) >= began - 0.001);
    CHECK(value(at.front, oldest_parked) <= between);
    auto someone = at.front.connect(at.operator_one);
    CHECK(someone.post(first.path("/discard"), {{"reason", "x"}}).status == 200);
    CHECK(eventually([&] { return value(at.front, parked_now) == 3; }));
    CHECK(value(at.front, oldest_parked) >= between - 0.001);
}

TEST_CASE("metrics: a projection that is behind, in each partition") {
    const world at(2);
    auto bot = at.front.connect(at.bot);
    const auto who = somebody_in(bot, domain::state::invited_or_joined);
    shown(at, who);
    const auto partition = eventstore::partition_of(domain::guild_id{std::stoll(who.guild)}, 2);
    const auto of = [](const std::string& name, int p) {
        return "datadrop_projection_lag_" + name + "{partition=\"" + std::to_string(p) + "\"}";
    };
    const auto mine = number_of(partition);
    const held_projection held(at, partition);
    check_accepted(submit(bot, command(who, "Leave")));
    CHECK(eventually([&] { return value(at.front, of("events", mine)) == 1; }));
    CHECK(value(at.front, of("events", 1 - mine)) == 0);
    CHECK(eventually([&] { return value(at.front, of("seconds", mine)) >= 1; }));
    CHECK(value(at.front, of("seconds", 1 - mine)) == 0);
}

TEST_CASE("metrics: are answered while the database is away, and say so") {
    const world at;
    CHECK(value(at.front, "datadrop_database_up") == 1);
    CHECK(value(at.front, "datadrop_ready") == 1);
    CHECK(eventually([&] { return value(at.front, "datadrop_figures_timestamp_seconds") > 0; }));
    at.database.take_away();
    CHECK(eventually([&] { return value(at.front, "datadrop_database_up") == 0; }));
    CHECK(eventually([&] { return value(at.front, "datadrop_ready") == 0; }));
    CHECK(value(at.front, R"(datadrop_database_errors_total{statement="watch"})") > 0);
    CHECK(value(at.front, "datadrop_figures_timestamp_seconds") > 0);
    at.database.give_back();
    CHECK(eventually([&] { return value(at.front, "datadrop_database_up") == 1; }));
}

TEST_CASE("metrics: what there is and how much has room, of the house and of the process") {
    const auto& at = shared_world();
    const server front(at.variables, {"--feed-limit", "7", "--queue-limit", "1500"});
    CHECK(value(front, "datadrop_http_connections_limit") == 2000);
    CHECK(value(front, "datadrop_http_feeds_limit") == 7);
    CHECK(value(front, "datadrop_queue_limit") == 1500);
    CHECK(value(front, "process_resident_memory_bytes") > 1e6);
    CHECK(value(front, "process_open_fds") < value(front, "process_max_fds"));
    CHECK(value(front, "process_threads") >= 8);
    CHECK(std::abs(value(front, "process_start_time_seconds") - seconds_since_1970()) < 600);
    const auto before = value(front, "process_cpu_seconds_total");
    CHECK(eventually([&] { return value(front, "process_cpu_seconds_total") > before; }));
    CHECK(value(front, "datadrop_build_info{version=\"" DATADROP_VERSION "\"}") == 1);
}

} // namespace datadrop::test
