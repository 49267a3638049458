#pragma once
// A command as one of the wire formats brought it: every value of the right type, none of them
// checked yet. Texts point into the body, which outlives it. A value; one thread.

#include "domain/vocabulary.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace datadrop::processor::http {

struct received_payload {
    std::optional<std::string_view> email{};
    std::optional<std::string_view> campaign_id{};
    std::optional<domain::state> outcome{};
};

struct received_command {
    std::optional<std::int64_t> guild_id{};
    std::optional<std::int64_t> user_id{};
    std::optional<domain::command_kind> command{};
    received_payload payload{};
    std::optional<std::string_view> idempotency_key{};
    std::optional<std::int64_t> expected_version{};
    std::optional<domain::state> expected_state{};
    std::optional<std::int64_t> expected_lifecycle{};
    std::optional<domain::on_conflict> on_conflict{};
    std::optional<std::string_view> reason{};
    std::optional<std::string_view> actor{};
    std::optional<std::string_view> correlation_id{};
    std::optional<std::string_view> occurred_at{};
};

} // namespace datadrop::processor::http
