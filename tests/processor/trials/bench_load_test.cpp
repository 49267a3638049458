// What of a load needs no database: its JSON, what it sends next, how that looks on the wire, and
// how the answers are kept.

#include "processor/cli/failures.hpp"
#include "processor/http/answers.hpp"
#include "processor/http/flatbuffers_decoder.hpp"
#include "processor/http/json_decoder.hpp"
#include "processor/trials/bench/loads/http_load_wire.hpp"
#include "processor/trials/bench/loads/load.hpp"
#include "processor/trials/bench/loads/load_book.hpp"
#include "processor/trials/bench/loads/load_course.hpp"
#include "tests/support/print.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <set>
#include <sstream>
#include <stdexcept>

using namespace datadrop;
using namespace datadrop::processor;
using namespace datadrop::processor::trials::bench;
namespace json = boost::json;

namespace {

using domain::command_kind;
using kinds = std::vector<command_kind>;

load_spec small(load_kind kind = load_kind::processor) {
    return {.kind = kind, .in_flight = 4, .members = 16, .guilds = 4, .key_prefix = "t-"};
}

std::string problem_of(std::string_view spec) {
    try {
        load_spec_from(json::parse(spec));
        return "none";
    } catch (const std::invalid_argument& e) {
        return e.what();
    }
}

constexpr load_answer accepted_at(std::int64_t version) {
    return {.kind = outcome_kind::accepted,
            .state = domain::state::invited_or_joined,
            .version = version,
            .position = (std::int64_t{63} << 48) + 7,
            .attempts = 1};
}

sending now() {
    const auto t = std::chrono::steady_clock::now();
    return {.due = t, .sent = t};
}

/// The next commands' kinds, each accepted before the next is asked for.
kinds next_kinds(load_script& script, std::size_t count) {
    kinds next;
    while (next.size() < count) {
        const auto command = script.next();
        next.push_back(command.kind);
        script.answered(command, step_taken::yes);
    }
    return next;
}

std::vector<load_command> two_commands() {
    return {{.number = 0, .member = 3, .kind = command_kind::join},
            {.number = 1, .member = 5, .kind = command_kind::leave}};
}

/// Decodes as the server does.
std::vector<domain::envelope> decoded(const http::checked<http::decoded_batch>& batch) {
    REQUIRE(batch.has_value());
    std::vector<domain::envelope> commands;
    for (const auto& item : batch->items) {
        REQUIRE(item.has_value());
        commands.push_back(**item);
    }
    return commands;
}

std::vector<outcome> some_outcomes() {
    const domain::member_id who{domain::guild_id{1}, domain::user_id{2}};
    return {{.kind = outcome_kind::accepted,
             .who = who,
             .state = domain::state::left_guild,
             .version = domain::stream_version{12},
             .position = eventstore::global_position{(std::int64_t{5} << 48) + 99},
             .attempts = 3},
            {.kind = outcome_kind::overloaded, .who = who, .code = outcome_code::queue_full}};
}

/// What a load writes, as an array and alone, is what the server reads.
template <typename Write, typename Decode>
void check_is_read(Write write, Decode decode) {
    const load_writing written(small());
    const auto commands = two_commands();
    const domain::submitter by{.from = domain::source::system, .name = "bench"};
    const eventstore::fingerprint_key key{};
    const http::command_context context{by, key};
    const std::vector<domain::envelope> expected{*written.envelope(commands[0]),
                                                 *written.envelope(commands[1])};
    std::string body;
    write(body, written, commands, request_form::array);
    CHECK(decoded(decode(body, context)) == expected);
    body.clear();
    write(body, written, std::span(commands).first(1), request_form::single);
    CHECK(decoded(decode(body, context)) == std::vector{expected.front()});
}

} // namespace

TEST_SUITE("bench load") {
    TEST_CASE("a spec and a report survive their JSON") {
        auto spec = small(load_kind::http_flatbuffers);
        spec.commands_a_second = 1'000.5;
        spec.answers = "/tmp/answers";
        spec.warm_up = std::chrono::milliseconds(7);
        const auto text = json::serialize(to_json(spec));
        CHECK(text ==
              R"({"kind":"http_flatbuffers","commands":"toggle","in_flight":4,)"
              R"("commands_a_request":1,"commands_a_second":1.0005E3,"members":16,)"
              R"("guilds":4,"guild_first":0,"commands_max":0,"key_prefix":"t-","warm_up_ms":7,)"
              R"("measured_ms":10000,"answers":"/tmp/answers"})");
        CHECK(json::serialize(to_json(load_spec_from(json::parse(text)))) == text);
        const load_report report{.seconds = 1.25,
                                 .accepted = 2,
                                 .accepted_after = {.p50 = 3, .max = 9},
                                 .cpu_seconds = 0.5,
                                 .sent = 4};
        CHECK((load_report_from(to_json(report)) == report));
    }

    TEST_CASE("a spec that cannot be is refused by the name of the field") {
        const std::pair<const char*, const char*> cases[] = {
            {R"([])", "load_spec: no JSON object"},
            {R"({})", "key_prefix: 1 to 12 visible ASCII characters without \" and \\"},
            {R"({"key_prefix":"t","colour":1})", "colour: unknown"},
            {R"({"key_prefix":"t","kind":"magic"})", "kind: unknown name"},
            {R"({"key_prefix":"t","kind":1})", "kind: no text"},
            {R"({"key_prefix":"t","in_flight":0})", "in_flight: out of range: 1 to 10000"},
            {R"({"key_prefix":"t","guilds":3,"members":2})", "guilds: out of range: 1 to 2"},
            {R"({"key_prefix":"t","commands_a_request":2})", "commands_a_request: only over HTTP"},
            {R"({"key_prefix":"t","commands_a_second":2})", "commands_a_second: only over HTTP"},
            {R"({"key_prefix":"t","kind":"http_json","commands":"record_email"})",
             "commands: record_email is not for HTTP, where it takes an address"},
            {R"({"key_prefix":"t","kind":"feed","in_flight":2,"commands_max":9})",
             "commands_max: a number of events is for one reader of the feed"},
            {R"({"key_prefix":"t","kind":"guarded","members":255,"guilds":1})",
             "members: four times as many as commands in flight, since a member's next command "
             "depends on the last"},
        };
        for (const auto& [spec, problem] : cases)
            CHECK(problem_of(spec) == problem);
        CHECK(problem_of(R"({"key_prefix":"t","kind":"guarded","members":256})") == "none");
    }

    TEST_CASE("a report lacks no field") {
        auto fields = to_json(load_report{}).as_object();
        fields.erase("retries");
        CHECK_THROWS_WITH_AS(load_report_from(fields), "retries: missing", std::invalid_argument);
    }

    TEST_CASE("latencies are the nearest ranks") {
        std::deque<std::uint32_t> all;
        CHECK((latencies_of(all) == latencies{}));
        for (std::uint32_t i = 1'000; i > 0; --i)
            all.push_back(i);
        CHECK((latencies_of(all) ==
               latencies{.p50 = 500, .p95 = 950, .p99 = 990, .p999 = 999, .max = 1'000}));
    }
}

TEST_SUITE("bench load script") {
    TEST_CASE("a member joins and leaves in turn, from where it stands") {
        auto spec = small();
        spec.members = spec.guilds = 1;
        load_script fresh(spec, {0});
        CHECK(next_kinds(fresh, 3) ==
              kinds{command_kind::join, command_kind::leave, command_kind::join});
        load_script joined(spec, {1});
        CHECK(next_kinds(joined, 1) == kinds{command_kind::leave});
    }

    TEST_CASE("record_email goes to VerificationPending and stays there") {
        auto spec = small();
        spec.members = spec.guilds = 1;
        spec.commands = load_commands::record_email;
        load_script script(spec, {4});
        CHECK(next_kinds(script, 4) ==
              kinds{command_kind::accept_rules, command_kind::request_verification,
                    command_kind::record_email, command_kind::record_email});
    }

    TEST_CASE("every command of a script is allowed") {
        for (const auto which : {load_commands::toggle, load_commands::record_email}) {
            domain::membership member;
            for (std::uint32_t version = 0; version < 10; ++version) {
                domain::command asked{.kind = kind_after(which, version)};
                if (asked.kind == command_kind::record_email) asked.data.email.emplace();
                const auto decision = domain::decide(member, asked);
                REQUIRE(std::holds_alternative<domain::event>(decision));
                member = evolve(member, std::get<domain::event>(decision));
            }
        }
    }

    TEST_CASE("what was not accepted is sent again as it was") {
        auto spec = small();
        spec.members = spec.guilds = 1;
        load_script script(spec, {0});
        script.answered(script.next(), step_taken::no);
        CHECK(next_kinds(script, 1) == kinds{command_kind::join});
    }

    TEST_CASE("a number of commands goes to the members in order") {
        auto spec = small();
        spec.commands_max = 16;
        load_script script(spec, member_versions(16));
        for (std::uint32_t i = 0; i < 16; ++i)
            CHECK((script.next() ==
                   load_command{.number = i, .member = i, .kind = command_kind::join}));
    }

    TEST_CASE("a closed loop is warm once each member has been sent a command") {
        load_script script(small(), member_versions(16));
        for (std::uint32_t i = 0; i < 16; ++i) {
            CHECK(!script.is_warm());
            CHECK(script.next().member == i);
        }
        CHECK(script.is_warm());
        auto open = small();
        open.commands_a_second = 1;
        CHECK(load_script(open, member_versions(16)).is_warm());
    }

    TEST_CASE("where nothing keeps the order, a member has one command under way") {
        load_script script(small(load_kind::guarded), member_versions(16));
        std::set<std::uint32_t> under_way;
        std::vector<load_command> sent;
        for (int i = 0; i < 15; ++i)
            under_way.insert(sent.emplace_back(script.next()).member);
        CHECK(under_way.size() == 15);
        SUBCASE("and none more when nothing is known of it") {
            for (const auto& command : sent)
                script.answered(command, step_taken::unknown);
            for (int i = 0; i < 20; ++i) {
                const auto command = script.next();
                CHECK(!under_way.contains(command.member));
                script.answered(command, step_taken::yes);
            }
        }
        SUBCASE("until it is answered") {
            const auto last = script.next();
            script.answered(last, step_taken::yes);
            CHECK(script.next().member == last.member);
        }
    }

    TEST_CASE("RecordEmail brings a fingerprint and no address") {
        const load_writing written(small());
        const auto command = written.envelope({.kind = command_kind::record_email});
        CHECK(command->data.email.has_value());
        CHECK(!command->address);
    }
}

TEST_SUITE("bench load book") {
    TEST_CASE("an answer is a line that COPY reads") {
        auto spec = small();
        spec.answers = "kept";
        spec.commands_max = 2;
        load_book book(spec, member_versions(16));
        const auto first = book.next().value();
        const auto second = book.next().value();
        CHECK(!book.next());
        book.answered(second, {.kind = outcome_kind::dead_lettered, .attempts = 5}, now());
        book.answered(first, accepted_at(4'000'000'000), now());
        std::ostringstream out;
        book.write_answers(out, load_writing(spec));
        CHECK(out.str() == "t-00000000000000000000\t288230376151710000\t803187000000000000\t"
                           "accepted\tInvitedOrJoined\t4000000000\t17732923532771335\n"
                           "t-00000000000000000001\t288230376151710001\t803187000000000001\t"
                           "dead_lettered\t\\N\t\\N\t\\N\n");
    }

    TEST_CASE("only what is answered in the measured time counts") {
        load_book book(small(), member_versions(16));
        const auto before = book.next().value();
        book.answered(before, accepted_at(1), now());
        book.begin_measuring();
        auto late = accepted_at(1);
        late.attempts = 3;
        book.answered(book.next().value(), late, now());
        book.answered(book.next().value(), {.kind = outcome_kind::overloaded}, now());
        const auto open = book.next().value();
        book.end_measuring();
        book.answered(open, accepted_at(1), now());
        const auto report = book.report();
        CHECK(report.accepted == 1);
        CHECK(report.first_half == 1);
        CHECK(report.retries == 2);
        CHECK(report.overloaded == 1);
        CHECK(report.sent == 4);
        CHECK(report.peak_memory > 0);
    }

    TEST_CASE("latency counts from when a command was due, a refusal's from when it was sent") {
        load_book book(small(), member_versions(16));
        book.begin_measuring();
        auto when = now();
        when.due -= std::chrono::seconds(10);
        when.sent -= std::chrono::seconds(2);
        book.answered(book.next().value(), accepted_at(1), when);
        book.answered(book.next().value(), {.kind = outcome_kind::overloaded}, when);
        const auto report = book.report();
        CHECK(report.accepted_after.max / 1'000'000 == 10);
        CHECK(report.overloaded_after.max / 1'000'000 == 2);
    }

    TEST_CASE("a load that is told anything but go does not begin") {
        const auto spec = small();
        load_book book(spec, member_versions(16));
        std::istringstream in("stop\n");
        std::ostringstream out;
        load_course course(spec, book, in, out);
        CHECK_THROWS_AS(course.get_ready(), cli::refused);
        CHECK(out.str() == "ready\n");
    }
}

TEST_SUITE("bench load wire") {
    TEST_CASE("the server reads the commands that the processor's load sends") {
        SUBCASE("as JSON") { check_is_read(write_json, http::decode_json); }
        SUBCASE("as FlatBuffers") { check_is_read(write_flatbuffers, http::decode_flatbuffers); }
    }

    TEST_CASE("a load reads the server's answers") {
        const auto told = some_outcomes();
        load_answers expected;
        for (const auto& one : told)
            expected.push_back(answer_of(one));
        const http::batch_answer array{http::batch_form::array, {told[0], told[1]}};
        const http::batch_answer single{http::batch_form::single, {told[0]}};
        const load_answers first{expected.front()};
        CHECK((read_json(http::to_json_text(array)) == expected));
        CHECK((read_json(http::to_json_text(single)) == first));
        CHECK((read_flatbuffers(http::to_flatbuffers(array)) == expected));
        CHECK((read_flatbuffers(http::to_flatbuffers(single)) == first));
    }

    TEST_CASE("what no command of a load is told is nothing") {
        const http::refused_command refused{{http::problem_code::invalid_field, "no"}};
        const http::batch_answer invalid{http::batch_form::single, {refused}};
        CHECK(!read_json(http::to_json_text(invalid)));
        CHECK(!read_flatbuffers(http::to_flatbuffers(invalid)));
        CHECK(!read_json("Bad Gateway"));
        CHECK(!read_json(R"({"status":401})"));
        CHECK(!read_flatbuffers("Bad Gateway"));
    }
}
