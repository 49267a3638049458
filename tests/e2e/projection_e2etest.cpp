// What operators ask of the read model over HTTP: verify, rebuild, switch back.

#include "tests/e2e/support/verbs.hpp"
#include "tests/support/wait.hpp"

#include <doctest/doctest.h>

#include <csignal>

namespace datadrop::test {
namespace {

using domain::state;

/// Whom an operator asks, with a member that is shown.
struct care_world {
    explicit care_world(int partitions = 1) : at(partitions, {"--sentinel-rate", "0"}) {
        auto bot = at.front.connect(at.bot);
        who = somebody_in(bot, state::verified);
        shown(at, who);
    }
    void damage() const {
        at.database.connect().run("UPDATE datadrop.membership SET state = 'Banned'");
    }
    std::string state_of_row() const { return ask(at, "SELECT state FROM datadrop.membership"); }

    world at;
    member who;
    connection operator_one = at.front.connect(at.operator_one);
};

json::object ask_for(care_world& with, const std::string& what, const json::object& body = {}) {
    const auto answer = with.operator_one.post("/v1/projection/" + what, body);
    CHECK((answer.status == 200 || answer.status == 202));
    return answer.json().as_object();
}

/// What became of it, once it is over.
json::object done(care_world& with, const std::string& field) {
    json::value found;
    wait_until(
        [&] {
            found = with.operator_one.get("/v1/projection").json().at(field);
            return found.is_object() && found.at("status") == "done";
        },
        "the end of the " + field);
    return found.as_object();
}

std::string difference_in(const json::object& work) {
    REQUIRE(work.at("differences").as_array().size() == 1);
    return fields(work.at("differences").at(0).as_object(), {"table", "column", "was", "is"});
}

} // namespace

TEST_CASE("projection: verified over HTTP, whole and a sample") {
    care_world with;
    with.damage();
    for (const auto& body : {json::object{}, json::object{{"sample", 10}}}) {
        ask_for(with, "verify", body);
        const auto found = done(with, "verification");
        CHECK(found.at("rows") == 1);
        CHECK(found.at("problem").is_null());
        CHECK(difference_in(found) == "membership state Banned Verified");
    }
    CHECK(with.state_of_row() == "Banned");
}

TEST_CASE("projection: rebuilt over HTTP, first to see what it would do, and switched back") {
    care_world with;
    with.damage();
    ask_for(with, "rebuild", {{"dry_run", true}});
    CHECK(difference_in(done(with, "last_rebuild")) == "membership state Banned Verified");
    CHECK(with.state_of_row() == "Banned");
    ask_for(with, "rebuild", {{"keep_previous", true}, {"pace_ms", 1000}});
    CHECK(difference_in(done(with, "last_rebuild")) == "membership state Banned Verified");
    CHECK(with.state_of_row() == "Verified");
    auto whole = with.operator_one.get("/v1/projection").json().as_object();
    CHECK(whole.at("previous").is_object());
    CHECK(whole.at("rebuild").is_null());
    CHECK(ask_for(with, "switch-back").at("status") == "done");
    CHECK(with.state_of_row() == "Banned");
}

TEST_CASE("projection: a rebuild that was killed is told, until the next one has gone on") {
    care_world with;
    const auto shown_now = [&] {
        return with.operator_one.get("/v1/projection").json().as_object();
    };
    auto reader = with.at.database.connect(); // which the switch has to wait for
    reader.run_script("BEGIN; SELECT FROM datadrop.membership");
    process rebuild({"projection", "rebuild"}, with.at.variables);
    wait_until(
        [&] {
            const auto running = shown_now().at("rebuild");
            return running.is_object() && running.at("phase") == "switching";
        },
        "a rebuild that waits for the tables");
    rebuild.send(SIGKILL);
    CHECK(rebuild.wait() == 128 + SIGKILL);
    wait_until([&] { return shown_now().at("left_behind").as_array().size() == 1; },
               "what it left behind");
    const auto left = shown_now().at("left_behind").at(0).as_object();
    CHECK(fields(left, {"partition", "done"}) == "0 0");
    CHECK(contains(std::string(left.at("by").as_string()),
                   "process " + std::to_string(rebuild.pid()) + " on "));
    reader.run_script("ROLLBACK");
    ask_for(with, "rebuild");
    CHECK(done(with, "last_rebuild").at("problem").is_null());
    CHECK(shown_now().at("left_behind").as_array().empty());
}

TEST_CASE("projection: what cannot be done is refused, saying why") {
    care_world with;
    check_problem(with.operator_one.post("/v1/projection/switch-back", json::object{}), 409,
                  "rebuild_refused");
    const auto none = with.operator_one.post("/v1/projection/rebuild", {{"pace_ms", 0}});
    check_names(none, "pace_ms");
    check_names(with.operator_one.post("/v1/projection/rebuild", {{"dry_run", 1}}), "dry_run");
    check_names(with.operator_one.post("/v1/projection/verify", {{"sample", 0}}), "sample");
    auto other = with.at.database.connect();
    other.run("SELECT pg_advisory_lock(1684108385, 64)");
    const auto refused = with.operator_one.post("/v1/projection/rebuild", json::object{});
    check_problem(refused, 409, "rebuild_under_way");
    CHECK(contains(refused.body, "session " + std::to_string(other.backend_pid())));
}

} // namespace datadrop::test
