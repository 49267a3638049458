#include "tests/e2e/support/verbs.hpp"

#include "tests/support/builders.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <sstream>
#include <stdexcept>

namespace datadrop::test {
namespace {

member text_of(domain::member_id who) {
    return {.guild = std::to_string(domain::number_of(who.guild)),
            .user = std::to_string(domain::number_of(who.user))};
}

json::object payload_of(std::string_view name) {
    if (name == "RecordEmail") return {{"email", "member@example.org"}};
    if (name == "RequireReverification") return {{"campaign_id", "autumn"}};
    if (name == "ExpireVerification") return {{"outcome", "Kicked"}};
    return {};
}

std::string text_of(const json::value& value) {
    return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

} // namespace

member somebody() { return text_of(new_member()); }

member somebody_of(const std::string& guild) {
    return text_of(new_member_of(domain::guild_id{std::stoll(guild)}));
}

json::object command(const member& who, std::string_view name, const json::object& more) {
    json::object what{{"guild_id", who.guild},
                      {"user_id", who.user},
                      {"command", name},
                      {"idempotency_key", new_key()},
                      {"payload", payload_of(name)}};
    if (name == "OverrideVerification") what["actor"] = "admin";
    for (const auto& [field, value] : more)
        what[field] = value;
    return what;
}

json::object submit(connection& to, const json::object& what) {
    const auto answer = to.post("/v1/commands", what);
    auto outcome = answer.json().as_object();
    outcome["status"] = answer.status;
    return outcome;
}

std::vector<json::object> submit_all(connection& to, const json::array& all) {
    const auto answer = to.post("/v1/commands", all);
    if (answer.status != 200) throw std::runtime_error("no outcomes: " + answer.body);
    const auto body = answer.json();
    std::vector<json::object> outcomes;
    for (const auto& outcome : body.as_array())
        outcomes.push_back(outcome.as_object());
    if (outcomes.size() != all.size()) throw std::runtime_error("too few outcomes: " + answer.body);
    return outcomes;
}

member somebody_in(connection& to, domain::state goal) { return bring(to, somebody(), goal); }

member bring(connection& to, const member& who, domain::state goal) {
    json::array all;
    for (const auto kind : path_to(goal)) {
        all.push_back(command(who, domain::name_of(kind)));
        // An e-mail on record is what the later steps need.
        if (kind == domain::command_kind::request_verification)
            all.back().as_object()["payload"] = {{"email", "member@example.org"}};
    }
    for (const auto& outcome : submit_all(to, all))
        if (outcome.at("outcome") != "accepted")
            throw std::runtime_error("not accepted: " + json::serialize(outcome));
    return who;
}

json::object shown(const world& at, const member& who) {
    const auto position = ask(at, "SELECT max(position) FROM datadrop.membership_events "
                                  "WHERE guild_id = " +
                                      who.guild);
    const auto answer = at.front.connect(at.reader).get(who.path() + "?min_position=" + position);
    if (answer.status != 200) throw std::runtime_error("not shown: " + answer.body);
    return answer.json().as_object();
}

json::array history(connection& to, const member& who) {
    return to.get(who.path() + "/history").json().at("events").as_array();
}

parked_command park(connection& to, const json::object& more) {
    parked_command result{.who = somebody_in(to, domain::state::onboarding_completed)};
    json::object expectation{{"expected_state", "RoleEligible"}};
    for (const auto& [field, value] : more)
        expectation[field] = value;
    result.command = command(result.who, "AcceptRules", expectation);
    result.outcome = submit(to, result.command);
    if (result.outcome.at("outcome") != "dead_lettered")
        throw std::runtime_error("not parked: " + json::serialize(result.outcome));
    result.id = text_of(result.outcome.at("dead_letter_id"));
    return result;
}

std::string fields(const json::object& of, const std::vector<std::string>& names) {
    std::string line;
    for (const auto& name : names) {
        const auto* const value = of.if_contains(name);
        line += (line.empty() ? "" : " ") + (value ? text_of(*value) : "-");
    }
    return line;
}

json::object object_of(const program_result& result) { return json::parse(result.out).as_object(); }

std::vector<json::object> objects_in(const std::string& out) {
    std::istringstream in(out);
    std::vector<json::object> all;
    for (std::string line; std::getline(in, line);)
        all.push_back(json::parse(line).as_object());
    return all;
}

void check_problem(const http_answer& answer, int status, const std::string& code) {
    CHECK(answer.status == status);
    CHECK(answer.type() == "application/problem+json");
    CHECK(answer.field("code") == code);
    CHECK(answer.field("status") == std::to_string(status));
    for (const auto* name : {"type", "title", "detail"})
        CHECK(!answer.field(name).empty());
}

void check_names(const http_answer& answer, std::string_view name) {
    CHECK(answer.status == 400);
    CHECK(contains(answer.field("detail"), name));
}

void check_accepted(const json::object& outcome) {
    CAPTURE(json::serialize(outcome));
    CHECK(outcome.at("outcome") == "accepted");
}

std::string ask(const world& at, std::string_view sql) {
    auto db = at.database.connect();
    const auto found = db.run(sql);
    return found.maybe_text(0, 0).value_or("");
}

std::string log_head(const world& at) {
    return ask(at,
               "SELECT string_agg(position::text, ',' ORDER BY partition) FROM datadrop.log_head");
}

std::string trail(const world& at, const member& who) {
    return ask(
        at, "SELECT string_agg(event || ' ' || from_state || '>' || to_state || ' by ' || source, "
            "E'\\n' ORDER BY version) FROM datadrop.membership_events WHERE guild_id = " +
                who.guild + " AND user_id = " + who.user);
}

double metric(const server& of, const std::string& name) {
    const auto text = "\n" + of.connect().get("/metrics").body;
    const auto at = text.find("\n" + name + " ");
    return at == std::string::npos ? 0 : std::stod(text.substr(at + name.size() + 2));
}

} // namespace datadrop::test
