#include "projections/dead_letter_json.hpp"

#include "eventstore/membership_codec.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/print_eventstore.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

using namespace datadrop;
using namespace std::chrono_literals;
using projections::dead_letter_json;
using projections::winners;

TEST_SUITE_BEGIN("dead_letter_json");

namespace {

namespace json = boost::json;

constexpr auto parked_at = std::chrono::sys_days{std::chrono::year{2024} / 9 / 1} + 10h;
const domain::member_id ana{domain::guild_id{288659194737983489},
                            domain::user_id{9223372036854775807}};

domain::envelope bare_command() {
    return {.who = ana, .kind = domain::command_kind::leave, .idempotency_key = "key 1"};
}

domain::envelope whole_command() {
    auto command = bare_command();
    command.kind = domain::command_kind::record_email;
    command.data.email.emplace().fill(0xAB);
    command.expected_state = domain::state::verification_pending;
    command.expected_version = domain::stream_version{6};
    command.expected_lifecycle = 2;
    command.reason = "typed \"twice\"";
    command.actor = "Åsa";
    command.correlation_id = "trace 1";
    command.occurred_at = parked_at - 1s;
    command.by = {.from = domain::source::api, .name = "the web app"};
    command.address = "ana@example.org";
    return command;
}

std::vector<domain::attempt> three_attempts() {
    return {{.number = 1,
             .expected_state = domain::state::verification_pending,
             .expected_version = domain::stream_version{6},
             .found_state = domain::state::none,
             .found_version = domain::stream_version{0},
             .at = parked_at - 2ms},
            {.number = 2,
             .found_state = domain::state::kicked,
             .found_version = domain::stream_version{7},
             .at = parked_at - 1us},
            {.number = 3,
             .expected_state = domain::state::kicked,
             .expected_version = domain::stream_version{7},
             .at = parked_at,
             .why = "the connection was lost",
             .stated = domain::stated_expectations{}}};
}

/// The events of one dead letter, a second apart.
std::vector<eventstore::stored_dead_letter_event>
letter(std::vector<domain::dead_letter_event> happened) {
    std::vector<eventstore::stored_dead_letter_event> events;
    for (auto& what : happened) {
        const auto n = static_cast<std::int64_t>(events.size());
        events.push_back(
            {.position = eventstore::position_at(eventstore::partition_number{2}, 17 + n),
             .letter = eventstore::position_at(eventstore::partition_number{2}, 17),
             .who = ana,
             .what = std::move(what),
             .recorded_at = parked_at + n * 1s});
    }
    return events;
}

domain::command_parked parked(domain::envelope command) {
    return {
        .command = std::move(command), .attempts = three_attempts(), .code = "retry_budget_spent"};
}

const winners won{{{ana, domain::stream_version{7}},
                   {.event = domain::event_kind::member_kicked,
                    .from = domain::source::operator_,
                    .actor = "Åsa",
                    .at = parked_at - 3s}},
                  {{{.guild = ana.guild, .user = domain::user_id{1}}, domain::stream_version{0}},
                   {.event = domain::event_kind::member_left}}};

const domain::submitter operator_olga{.from = domain::source::operator_, .name = "olga"};

void check_same(const json::value& shown, std::string_view expected) {
    CHECK_EQ(json::serialize(shown), json::serialize(json::parse(expected)));
}

constexpr std::string_view whole_letter = R"({
    "id": "562949953421329", "guild_id": "288659194737983489", "user_id": "9223372036854775807",
    "status": "parked", "code": "retry_budget_spent",
    "parked_at": "2024-09-01T10:00:00.000000Z", "source": "api", "submitted_by": "the web app",
    "command": {
        "guild_id": "288659194737983489", "user_id": "9223372036854775807",
        "command": "RecordEmail", "idempotency_key": "key 1",
        "payload": {"email_fingerprint":
            "abababababababababababababababababababababababababababababababab"},
        "expected_state": "VerificationPending", "expected_version": 6,
        "expected_lifecycle": 2, "on_conflict": "retry",
        "reason": "typed \"twice\"", "actor": "Åsa", "correlation_id": "trace 1",
        "occurred_at": "2024-09-01T09:59:59.000000Z"},
    "attempts": [
        {"number": 1, "expected_state": "VerificationPending", "expected_version": 6,
         "stated": ["expected_state", "expected_version"],
         "found_state": "None", "found_version": 0, "winner": null, "why": null,
         "at": "2024-09-01T09:59:59.998000Z"},
        {"number": 2, "expected_state": null, "expected_version": null,
         "stated": ["expected_state"], "found_state": "Kicked", "found_version": 7,
         "winner": {"version": 7, "event": "MemberKicked", "source": "operator", "actor": "Åsa",
                    "at": "2024-09-01T09:59:57.000000Z"}, "why": null,
         "at": "2024-09-01T09:59:59.999999Z"},
        {"number": 3, "expected_state": "Kicked", "expected_version": 7,
         "stated": [], "found_state": null, "found_version": null, "winner": null,
         "why": "the connection was lost",
         "at": "2024-09-01T10:00:00.000000Z"}],
    "events": []})";

const domain::redrive_failed failed{
    .by = operator_olga, .code = "stale_expectation", .attempts = three_attempts()};
const domain::command_redriven redriven{.by = operator_olga, .reason = "role is back"};
const domain::command_discarded discarded{.by = operator_olga, .reason = "obsolete"};

} // namespace

TEST_CASE("a dead letter: the whole record, numbers of 64 bits as texts") {
    check_same(dead_letter_json(letter({parked(whole_command())}), won), whole_letter);
}

TEST_CASE("a command: an address is nowhere in it") {
    CHECK_EQ(json::serialize(projections::to_json(whole_command())).find("example"),
             std::string::npos);
}

TEST_CASE("a command: what was not given is not there") {
    check_same(projections::to_json(bare_command()), R"({
        "guild_id": "288659194737983489", "user_id": "9223372036854775807", "command": "Leave",
        "idempotency_key": "key 1", "payload": {}, "on_conflict": "retry"})");
}

TEST_CASE("a command: the payload of each that has one") {
    auto command = bare_command();
    SUBCASE("campaign") { command.data.campaign_id = "spring"; }
    SUBCASE("outcome") { command.data.outcome = domain::state::rejected_not_eligible; }
    const auto payload = projections::to_json(command).at("payload");
    CHECK_EQ(payload == json::value{{"campaign_id", "spring"}},
             command.data.campaign_id.has_value());
    CHECK_EQ(payload == json::value{{"outcome", "RejectedNotEligible"}},
             command.data.outcome.has_value());
}

TEST_CASE("events: a redrive that failed leaves the letter parked") {
    const auto shown = dead_letter_json(letter({parked(bare_command()), failed}), won);
    CHECK_EQ(shown.at("status"), "parked");
    const auto& event = shown.at("events").at(0);
    CHECK_EQ(event.at("type"), "RedriveFailed");
    CHECK_EQ(event.at("code"), "stale_expectation");
    const auto& attempts = event.at("attempts");
    CHECK_EQ(attempts.at(1).at("winner"), shown.at("attempts").at(1).at("winner"));
    // Its operator may have replaced what the command states: only what is recorded is known.
    CHECK(attempts.at(0).at("stated").is_null());
    CHECK_EQ(attempts.at(2).at("stated"), json::array{});
    CHECK(event.at("reason").is_null());
}

TEST_CASE("events: redriven") {
    const auto shown = dead_letter_json(letter({parked(bare_command()), failed, redriven}), won);
    CHECK_EQ(shown.at("status"), "redriven");
    check_same(shown.at("events").at(1), R"({"type": "CommandRedriven", "by": "olga",
        "reason": "role is back", "at": "2024-09-01T10:00:02.000000Z"})");
}

TEST_CASE("events: discarded") {
    const auto shown = dead_letter_json(letter({parked(bare_command()), discarded}), won);
    CHECK_EQ(shown.at("status"), "discarded");
    check_same(shown.at("events"), R"([{"type": "CommandDiscarded", "by": "olga",
        "reason": "obsolete", "at": "2024-09-01T10:00:01.000000Z"}])");
}

TEST_CASE("events that no dead letter starts with are a bug") {
    CHECK_THROWS_AS(dead_letter_json(letter({}), won), eventstore::corrupt_event);
    CHECK_THROWS_AS(dead_letter_json(letter({domain::command_redriven{.by = operator_olga}}), won),
                    eventstore::corrupt_event);
}

TEST_SUITE_END();
