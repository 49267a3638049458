// What is stored stays readable: round trips, and bytes that an earlier build has written.

#include "eventstore/dead_letter_codec.hpp"
#include "eventstore/fingerprint.hpp"

#include "tests/support/chains.hpp"

namespace datadrop::eventstore {
namespace {

using domain::command_kind;

std::vector<std::uint8_t> from_hex(std::string_view digits) {
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i < digits.size(); i += 2)
        bytes.push_back(
            static_cast<std::uint8_t>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16)));
    return bytes;
}

std::vector<domain::dead_letter_event> samples() {
    auto bare = test::make_command(test::new_member(), command_kind::join);
    auto full = test::make_command(test::new_member(), command_kind::record_email,
                                   {.expected_state = domain::state::none,
                                    .expected_version = 0,
                                    .expected_lifecycle = 0,
                                    .conflict = domain::on_conflict::fail,
                                    .reason = "because \xe2\x82\xac",
                                    .actor = ""});
    full.address.reset();
    full.correlation_id = "trace";
    full.occurred_at = domain::timestamp(std::chrono::microseconds(-1));
    return {domain::command_parked{.command = bare, .attempts = {}, .code = "retry_budget_spent"},
            domain::command_parked{
                .command = full,
                .attempts = {test::an_attempt(), {.number = 2, .why = "the server went away"}},
                .code = "retry_budget_spent"},
            domain::command_redriven{.by = test::an_operator},
            domain::command_redriven{.by = test::an_operator, .reason = "fixed"},
            domain::redrive_failed{.by = test::an_operator,
                                   .code = "stale_expectation",
                                   .attempts = {test::an_attempt()}},
            domain::command_discarded{.by = test::an_operator, .reason = "no use"}};
}

/// The bytes at an address that far behind one for any type.
struct displaced {
    displaced(const std::vector<std::uint8_t>& bytes, std::size_t by) : room(by), from(by) {
        room.insert(room.end(), bytes.begin(), bytes.end());
    }
    std::span<const std::uint8_t> get() const { return std::span(room).subspan(from); }

    std::vector<std::uint8_t> room;
    std::size_t from;
};

// What builds before this one have written.
constexpr auto earlier_payload =
    "1400000044444d4500000a0010000c00080007000a000000000000090800000010000000060000006175"
    "74756d6e000020000000000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
constexpr auto earlier_failure =
    "080000004444444c6cffffff00000003100000000c001400040008000c0010000c00000080000000"
    "68000000080000001c000000110000007374616c655f6578706563746174696f6e00000001000000"
    "1400000010002c00280027001c001b000c0004001000000040222018240a06000900000000000000"
    "000000000000000b0000000000000000000000000200000005000000747269656400000008000c00"
    "07000800080000000000000204000000030000006f707300";
constexpr auto parked_before_stays =
    "140000004444444c0000000008000e000700080008000000000000011000000000000a0010000400"
    "08000c000a0000004800000020000000040000001200000072657472795f6275646765745f737065"
    "6e7400000000000000001e00380030002800270020001c001b0010000f0008000000000000000400"
    "1e0000003c000000500000000000000100000000000000000000000048000000540000000000000d"
    "001040b6e8761d010100821b0286010408000c000700080008000000000000010400000007000000"
    "74686520617069000500000061736b6564000000050000006b657920310000000400040004000000";

TEST_SUITE_BEGIN("codecs");

TEST_CASE("stored bytes are read at any address, as they lie in a row of the database") {
    auto events = samples();
    events.push_back(
        domain::command_discarded{.by = test::an_operator, .reason = std::string(1000, 'x')});
    const auto payload = test::payload_for(command_kind::request_verification);
    for (std::size_t by = 0; by < 16; ++by) {
        CHECK_EQ(decode_payload(displaced(encode(payload), by).get()), payload);
        for (const auto& event : events)
            CHECK_EQ(decode_dead_letter_event(displaced(encode(event), by).get()), event);
    }
}

TEST_CASE("payload: comes back as it went, for every command") {
    CHECK_EQ(decode_payload(encode(domain::payload{})), domain::payload{});
    for (std::size_t i = 0; i < domain::count_of<command_kind>; ++i) {
        const auto data = test::payload_for(static_cast<command_kind>(i));
        CHECK_EQ(decode_payload(encode(data)), data);
    }
}

TEST_CASE("what an earlier build wrote reads the same") {
    const auto payload = decode_payload(from_hex(earlier_payload));
    CHECK_EQ(payload.campaign_id, "autumn");
    CHECK_EQ(payload.outcome, domain::state::kicked);
    CHECK_EQ(payload.email.value().at(31), 0x1f);

    const domain::attempt attempt{
        .number = 2,
        .expected_state = domain::state::none,
        .expected_version = domain::stream_version{0},
        .found_state = domain::state::banned,
        .found_version = domain::stream_version{9},
        .at = domain::timestamp(std::chrono::microseconds(1'700'000'000'123'456))};
    const domain::dead_letter_event failure = domain::redrive_failed{.by = test::an_operator,
                                                                     .reason = "tried",
                                                                     .code = "stale_expectation",
                                                                     .attempts = {attempt}};
    CHECK_EQ(decode_dead_letter_event(from_hex(earlier_failure)), failure);
}

TEST_CASE("a command that was parked before stays could be expected expects none") {
    const domain::envelope command{
        .who = {domain::guild_id{288659194737983489}, domain::user_id{80351110224678912}},
        .kind = command_kind::leave,
        .data = {},
        .idempotency_key = "key 1",
        .expected_state = domain::state::none,
        .expected_version = domain::stream_version{0},
        .conflict = domain::on_conflict::fail,
        .reason = "asked",
        .by = {.from = domain::source::api, .name = "the api"}};
    const domain::dead_letter_event parked =
        domain::command_parked{.command = command, .attempts = {}, .code = "retry_budget_spent"};
    CHECK_EQ(decode_dead_letter_event(from_hex(parked_before_stays)), parked);
}

TEST_CASE("dead letter: each event comes back as it went") {
    for (const auto& event : samples())
        CHECK_EQ(decode_dead_letter_event(encode(event)), event);
}

TEST_CASE("dead letter: an address never enters an event") {
    auto command = test::make_command(test::new_member(), command_kind::record_email,
                                      {.address = "someone@example.org"});
    command.data.email = fingerprint_of(*command.address, {});
    const auto bytes =
        encode(domain::command_parked{.command = command, .attempts = {}, .code = "c"});
    CHECK_EQ(std::string(bytes.begin(), bytes.end()).find("someone"), std::string::npos);
}

TEST_CASE("garbage is refused, never read past its end") {
    for (const auto& event : samples()) {
        const auto bytes = encode(event);
        for (std::size_t length = 0; length + 1 < bytes.size(); length += 3)
            CHECK_THROWS_AS(decode_dead_letter_event(std::span(bytes).first(length)),
                            corrupt_event);
    }
    CHECK_THROWS_AS(decode_payload({}), corrupt_event);
    const std::vector<std::uint8_t> noise(64, 0xa5);
    CHECK_THROWS_AS(decode_payload(noise), corrupt_event);
    CHECK_THROWS_AS(decode_payload(encode(samples().front())), corrupt_event);
}

TEST_CASE("a parked command whose payload does not fit it is refused") {
    auto command = test::make_command(test::new_member(), command_kind::expire_verification);
    command.data.outcome.reset();
    CHECK_THROWS_AS(decode_dead_letter_event(encode(domain::command_parked{
                        .command = command, .attempts = {}, .code = "retry_budget_spent"})),
                    corrupt_event);
}

TEST_CASE("a number that stands for nothing is refused") {
    domain::payload data{};
    data.outcome = static_cast<domain::state>(99);
    CHECK_THROWS_AS(decode_payload(encode(data)), corrupt_event);
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore
