#include "processor/trials/bench/loads/http_load_wire.hpp"

#include "processor/http/wire_enums.hpp"
#include "schemas/commands_generated.h"
#include "schemas/outcomes_generated.h"

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

namespace datadrop::processor::trials::bench {
namespace {

namespace json = boost::json;

// ---- Writing

void write_command(std::string& body, const load_writing& written, const load_command& c) {
    const auto who = member_at(written.spec(), c.member);
    fmt::format_to(std::back_inserter(body),
                   R"({{"guild_id":"{}","user_id":"{}","command":"{}","idempotency_key":"{}",)"
                   R"("reason":"{}","actor":"{}","correlation_id":"{}","occurred_at":"{}"}})",
                   domain::number_of(who.guild), domain::number_of(who.user),
                   domain::name_of(c.kind), written.key(c.number), load_writing::reason,
                   load_writing::actor, written.correlation_id(c.number), written.occurred_at());
}

auto put_text(flatbuffers::FlatBufferBuilder& out, std::string_view text) {
    return out.CreateString(text.data(), text.size());
}

flatbuffers::Offset<wire::Command> put_command(flatbuffers::FlatBufferBuilder& out,
                                               const load_writing& written, const load_command& c) {
    const auto who = member_at(written.spec(), c.member);
    const auto key = put_text(out, written.key(c.number));
    const auto reason = put_text(out, load_writing::reason);
    const auto actor = put_text(out, load_writing::actor);
    const auto correlation_id = put_text(out, written.correlation_id(c.number));
    const auto occurred_at = put_text(out, written.occurred_at());
    wire::CommandBuilder command(out);
    command.add_guild_id(domain::number_of(who.guild));
    command.add_user_id(domain::number_of(who.user));
    command.add_command(http::to_wire<wire::CommandKind>(c.kind));
    command.add_idempotency_key(key);
    command.add_reason(reason);
    command.add_actor(actor);
    command.add_correlation_id(correlation_id);
    command.add_occurred_at(occurred_at);
    return command.Finish();
}

// ---- Reading

std::string_view text_in(const json::object& from, std::string_view field) {
    const auto* const value = from.if_contains(field);
    const auto* const text = value != nullptr ? value->if_string() : nullptr;
    return text != nullptr ? std::string_view(*text) : std::string_view();
}

std::int64_t number_in(const json::object& from, std::string_view field) {
    const auto* const value = from.if_contains(field);
    const auto* const number = value != nullptr ? value->if_int64() : nullptr;
    return number != nullptr ? *number : 0;
}

std::int64_t decimal(std::string_view digits) {
    std::int64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

bool take(const json::value& item, load_answers& answers) {
    const auto* const fields = item.if_object();
    if (fields == nullptr) return false;
    const auto kind = domain::parse<outcome_kind>(text_in(*fields, "outcome"));
    if (!kind) return false;
    answers.push_back(
        {.kind = *kind,
         .state = domain::parse<domain::state>(text_in(*fields, "state")).value_or(domain::state{}),
         .version = number_in(*fields, "version"),
         .position = decimal(text_in(*fields, "position")),
         .attempts = static_cast<int>(number_in(*fields, "attempts"))});
    return true;
}

bool take(const wire::Outcome* item, load_answers& answers) {
    if (item == nullptr) return false;
    const auto kind = http::from_wire<outcome_kind>(item->outcome());
    if (!kind) return false;
    answers.push_back(
        {.kind = *kind,
         .state = http::from_wire<domain::state>(item->state()).value_or(domain::state{}),
         .version = item->version() != nullptr ? item->version()->value() : 0,
         .position = item->position(),
         .attempts = item->attempts()});
    return true;
}

template <typename Items>
bool take_all(const Items& items, load_answers& answers) {
    answers.reserve(items.size());
    return std::all_of(items.begin(), items.end(),
                       [&](const auto& item) { return take(item, answers); });
}

} // namespace

void write_json(std::string& body, const load_writing& written,
                std::span<const load_command> commands, request_form form) {
    if (form == request_form::single) return write_command(body, written, commands.front());
    char before = '[';
    for (const auto& c : commands) {
        body += before;
        write_command(body, written, c);
        before = ',';
    }
    body += ']';
}

void write_flatbuffers(std::string& body, const load_writing& written,
                       std::span<const load_command> commands, request_form form) {
    thread_local flatbuffers::FlatBufferBuilder out(64 * 1024);
    out.Clear();
    std::vector<flatbuffers::Offset<wire::Command>> put;
    put.reserve(commands.size());
    for (const auto& c : commands)
        put.push_back(put_command(out, written, c));
    const auto request = form == request_form::single
                             ? wire::CreateCommandRequest(out, put.front())
                             : wire::CreateCommandRequest(out, 0, out.CreateVector(put));
    wire::FinishCommandRequestBuffer(out, request);
    body.append(reinterpret_cast<const char*>(out.GetBufferPointer()), out.GetSize());
}

std::optional<load_answers> read_json(std::string_view body) {
    thread_local std::array<unsigned char, 256 * 1024>
        room; // an answer that fits allocates nothing
    json::monotonic_resource memory(room.data(), room.size());
    boost::system::error_code error;
    const auto read = json::parse(body, error, &memory);
    load_answers answers;
    const auto* const items = read.if_array();
    const bool good =
        !error && (items != nullptr ? take_all(*items, answers) : take(read, answers));
    return good ? std::optional(std::move(answers)) : std::nullopt;
}

std::optional<load_answers> read_flatbuffers(std::string_view body) {
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(body.data());
    flatbuffers::Verifier verifier(bytes, body.size());
    if (!wire::VerifyOutcomeResponseBuffer(verifier)) return std::nullopt;
    const auto* const told = wire::GetOutcomeResponse(bytes);
    load_answers answers;
    const bool good = told->outcomes() != nullptr ? take_all(*told->outcomes(), answers)
                                                  : take(told->outcome(), answers);
    return good ? std::optional(std::move(answers)) : std::nullopt;
}

} // namespace datadrop::processor::trials::bench
