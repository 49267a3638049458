#pragma once
// Whose lifecycle it is, and how far it has come. Values for every thread.

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace datadrop::domain {

/// Discord snowflakes, 1 … 2^63 - 1 (PostgreSQL's bigint).
enum class guild_id : std::int64_t {};
enum class user_id : std::int64_t {};

/// How many events a stream holds: 0 = none yet, then 1, 2, 3, … without a gap.
enum class stream_version : std::int64_t {};

/// Microseconds since 1970 in UTC: PostgreSQL's timestamptz.
using timestamp = std::chrono::sys_time<std::chrono::microseconds>;

constexpr timestamp time_of(std::int64_t micros) {
    return timestamp(std::chrono::microseconds(micros));
}
constexpr std::int64_t micros_of(timestamp t) { return t.time_since_epoch().count(); }

/// One membership: a user in a guild. The guild is the tenant.
struct member_id {
    guild_id guild{};
    user_id user{};
    auto operator<=>(const member_id&) const = default;
};

constexpr std::int64_t number_of(guild_id id) { return static_cast<std::int64_t>(id); }
constexpr std::int64_t number_of(user_id id) { return static_cast<std::int64_t>(id); }
constexpr std::int64_t number_of(stream_version v) { return static_cast<std::int64_t>(v); }

constexpr stream_version next(stream_version v) { return stream_version{number_of(v) + 1}; }

/// A snowflake's number from its only spelling: decimal digits, 1 … 2^63 - 1, no sign, blank or
/// leading zero. Nothing for any other text.
[[nodiscard]] std::optional<std::int64_t> parse_snowflake(std::string_view text);

} // namespace datadrop::domain

template <>
struct std::hash<datadrop::domain::member_id> {
    std::size_t operator()(const datadrop::domain::member_id& id) const noexcept {
        // Snowflakes differ mostly in their high bits; the multiplier is 2^64 / golden ratio.
        auto mixed = static_cast<std::uint64_t>(id.guild) * 0x9E3779B97F4A7C15u ^
                     static_cast<std::uint64_t>(id.user);
        return static_cast<std::size_t>((mixed ^ mixed >> 32) * 0x9E3779B97F4A7C15u >> 7);
    }
};
