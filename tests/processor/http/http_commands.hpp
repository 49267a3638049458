#pragma once
// Commands as clients send them, and what the decoders make of them, for the tests of the HTTP
// layer.

#include "processor/http/decoded.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <string>
#include <string_view>

namespace datadrop::test {

inline const domain::submitter the_bot{domain::source::bot, "the bot"};
inline constexpr eventstore::fingerprint_key the_key{1, 2, 3};
inline const processor::http::command_context the_context{the_bot, the_key};

/// A complete command, with one field replaced, added, or taken out by `without`.
inline boost::json::object json_command() {
    return {{"guild_id", "288659194737983489"},
            {"user_id", "80351110224678912"},
            {"command", "ConfirmVerification"},
            {"expected_state", "VerificationPending"},
            {"expected_version", 6},
            {"expected_lifecycle", 1},
            {"idempotency_key", "interaction:1187"},
            {"on_conflict", "fail"},
            {"reason", "code_verified"},
            {"actor", "Ada Lovelace"},
            {"correlation_id", "trace a-1"},
            {"occurred_at", "2024-09-01T10:11:12.345Z"},
            {"payload", boost::json::object{}}};
}
inline boost::json::object with(std::string_view field, boost::json::value value) {
    auto command = json_command();
    command[field] = std::move(value);
    return command;
}
inline boost::json::object without(std::string_view field) {
    auto command = json_command();
    command.erase(field);
    return command;
}
inline boost::json::object with_payload(std::string_view command, boost::json::object payload) {
    auto result = with("command", boost::json::string(command));
    result["payload"] = std::move(payload);
    return result;
}

/// "code: detail", or "fine".
inline std::string problem_text(const processor::http::problem& p) {
    return std::string{name_of(p.code)} + ": " + p.detail;
}
inline std::string problem_text(const processor::http::decoded_command& command) {
    return command ? "fine" : problem_text(command.error().why);
}
template <typename T>
std::string problem_text(const processor::http::checked<T>& result) {
    return result ? "fine" : problem_text(result.error());
}

/// The verdict on a single command: that on the body, or on its only item.
inline std::string
verdict_of_single(const processor::http::checked<processor::http::decoded_batch>& b) {
    return b ? problem_text(b->items.at(0)) : problem_text(b);
}

} // namespace datadrop::test
