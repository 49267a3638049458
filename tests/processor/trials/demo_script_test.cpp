// What the demo's clients send, played against a model of one server that answers at once.

#include "processor/trials/demo/script.hpp"

#include "domain/membership.hpp"
#include "processor/http/json_decoder.hpp"
#include "tests/processor/http/http_commands.hpp"

#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <map>
#include <set>

using namespace datadrop;
using namespace datadrop::processor::trials::demo;
namespace json = boost::json;

namespace {

/// Members without idempotency or expectations: enough for a script to go on.
class model {
  public:
    json::object answer(const json::object& command) {
        auto& [member, version] = members_[text(command, "user_id")];
        const auto kind = domain::parse<domain::command_kind>(text(command, "command")).value();
        domain::command asked{.kind = kind, .data = {}, .has_actor = command.contains("actor")};
        if (command.contains("payload") && command.at("payload").as_object().contains("email"))
            asked.data.email.emplace();
        if (kind == domain::command_kind::expire_verification)
            asked.data.outcome = domain::state::kicked;
        if (kind == domain::command_kind::require_reverification) asked.data.campaign_id = "autumn";
        const auto decided = decide(member, asked);
        if (const auto* event = std::get_if<domain::event>(&decided)) {
            member = evolve(member, *event);
            ++version;
        }
        return {{"user_id", command.at("user_id")},
                {"state", domain::name_of(member.current)},
                {"version", version},
                {"lifecycle", member.lifecycle}};
    }

    static std::string text(const json::object& from, std::string_view field) {
        return std::string(from.at(field).as_string());
    }

  private:
    struct standing {
        domain::membership member;
        std::int64_t version = 0;
    };
    std::map<std::string, standing> members_;
};

constexpr script_options some_commands{
    .from = door::bot, .seed = 42, .commands = 5'000, .members = 50};

std::vector<request> play(const script_options& o) {
    script clients(o);
    model server;
    std::vector<request> all;
    while (auto wanted = clients.next()) {
        for (const auto& command : wanted->commands)
            clients.saw(server.answer(command));
        all.push_back(*std::move(wanted));
    }
    return all;
}

std::vector<json::object> commands_of(const std::vector<request>& requests) {
    std::vector<json::object> all;
    for (const auto& r : requests)
        all.insert(all.end(), r.commands.begin(), r.commands.end());
    return all;
}

std::set<std::string> values_of(const std::vector<json::object>& commands, std::string_view field) {
    std::set<std::string> values;
    for (const auto& c : commands)
        if (c.contains(field)) values.insert(json::serialize(c.at(field)));
    return values;
}

} // namespace

TEST_SUITE("demo script") {
    TEST_CASE("the same seed and answers give the same commands") {
        CHECK(commands_of(play(some_commands)) == commands_of(play(some_commands)));
        auto another = some_commands;
        another.seed = 43;
        CHECK(commands_of(play(some_commands)) != commands_of(play(another)));
    }

    TEST_CASE("at least the commands asked for are sent, and an array's worth more at most") {
        const auto sent = commands_of(play(some_commands)).size();
        CHECK(sent >= 5'000);
        CHECK(sent < 5'015);
    }

    TEST_CASE("every command is one that the front door takes") {
        for (const auto& command : commands_of(play(some_commands))) {
            const auto body = json::serialize(command);
            CAPTURE(body);
            const auto judged = processor::http::decode_json(body, test::the_context)->items.at(0);
            REQUIRE(judged.has_value());
        }
    }

    TEST_CASE("a key stands for one command, and goes again to both servers") {
        std::map<std::string, json::object> by_key;
        int again_here = 0;
        int again_elsewhere = 0;
        for (const auto& r : play(some_commands))
            for (const auto& command : r.commands) {
                const auto [known, is_new] =
                    by_key.emplace(model::text(command, "idempotency_key"), command);
                REQUIRE(known->second == command);
                if (!is_new) ++(r.to == door::bot ? again_here : again_elsewhere);
            }
        CHECK(again_here > 0);
        CHECK(again_elsewhere > 0);
    }

    TEST_CASE("the two doors share members and no key") {
        auto of_the_api = some_commands;
        of_the_api.from = door::api;
        const auto bot = commands_of(play(some_commands));
        const auto api = commands_of(play(of_the_api));
        CHECK(values_of(bot, "user_id") == values_of(api, "user_id"));
        auto keys = values_of(bot, "idempotency_key");
        const auto bots = keys.size();
        const auto apis = values_of(api, "idempotency_key");
        keys.insert(apis.begin(), apis.end());
        CHECK(keys.size() == bots + apis.size());
    }

    TEST_CASE("every member has a part, and every command occurs") {
        const auto commands = commands_of(play(some_commands));
        CHECK(values_of(commands, "user_id").size() == 50);
        CHECK(values_of(commands, "command").size() == domain::count_of<domain::command_kind>);
    }

    TEST_CASE("a state that never comes true is expected, and never of a member not seen yet") {
        model server;
        script clients(some_commands);
        std::set<std::string> seen;
        int hopeless = 0;
        while (const auto wanted = clients.next())
            for (const auto& command : wanted->commands) {
                const auto user = model::text(command, "user_id");
                const bool retried = !command.contains("on_conflict");
                const auto* const expected = command.if_contains("expected_state");
                if (retried && expected && *expected == "None") {
                    ++hopeless;
                    CHECK(seen.contains(user));
                }
                seen.insert(user);
                clients.saw(server.answer(command));
            }
        CHECK(hopeless > 0);
    }

    TEST_CASE("an answer that came late does not hide a newer one") {
        script clients({.from = door::bot, .seed = 1, .commands = 1'000, .members = 1});
        const auto user = member_at(0).user_id;
        clients.saw({{"user_id", user}, {"state", "Banned"}, {"version", 7}, {"lifecycle", 1}});
        clients.saw({{"user_id", user}, {"state", "None"}, {"version", 0}, {"lifecycle", 0}});
        const auto all = commands_of({*clients.next(), *clients.next(), *clients.next()});
        CHECK_FALSE(values_of(all, "command").contains("\"Join\""));
    }
}
