#pragma once
// Where an event stands in the log. The log is split by guild into partitions; a position is
// partition * 2^48 + sequence, so it names its partition, and with one partition it is 1, 2, 3, …
// The hash and the layout are stored formats, frozen by a test. Values; every thread.

#include "domain/ids.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

namespace datadrop::eventstore {

inline constexpr int partition_count_max = 64;
inline constexpr int sequence_bits = 48;

/// A part of the log with an order of its own, from 0 on.
enum class partition_number : std::int32_t {};

constexpr int number_of(partition_number p) { return static_cast<int>(p); }
/// Where it stands in a list of all.
constexpr std::size_t index_of(partition_number p) { return static_cast<std::size_t>(p); }

/// From one on, of a log that has `count`.
inline auto partitions_from(partition_number first, int count) {
    return std::views::iota(number_of(first), count) |
           std::views::transform([](int number) { return partition_number{number}; });
}
inline auto all_partitions(int count) { return partitions_from(partition_number{}, count); }

/// 0 = before the first event of partition 0.
enum class global_position : std::int64_t {};

/// What tells an event from another that was given its position in another history
/// (position_check.hpp). In text eight hexadecimal digits.
enum class position_check : std::uint32_t {};

/// A dead letter's id: the position of its CommandParked event. It names its partition.
using dead_letter_id = global_position;

constexpr std::int64_t number_of(global_position p) { return static_cast<std::int64_t>(p); }
constexpr partition_number partition_of(global_position p) {
    return partition_number{static_cast<std::int32_t>(number_of(p) >> sequence_bits)};
}
constexpr std::int64_t sequence_of(global_position p) {
    return number_of(p) & ((std::int64_t{1} << sequence_bits) - 1);
}
constexpr global_position position_at(partition_number partition, std::int64_t sequence) {
    return global_position{(std::int64_t{number_of(partition)} << sequence_bits) + sequence};
}

/// The partition of a guild among `count` (1 … 64): the finalizer of splitmix64 over the guild's
/// id, modulo count. Snowflakes alone would not spread: they are times, and end in the same bits.
constexpr partition_number partition_of(domain::guild_id guild, int count) {
    auto z = static_cast<std::uint64_t>(domain::number_of(guild)) + 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return partition_number{
        static_cast<std::int32_t>((z ^ (z >> 31)) % static_cast<std::uint64_t>(count))};
}

/// How far a reader has come: one position a partition, with the check of the event there where it
/// is known. In text the positions of the partitions that it names, each with its check behind `~`,
/// joined by commas; a partition that is missing stands at its beginning. With one partition and
/// without a check it is plainly a position.
class cursor {
  public:
    /// The beginning of a log with `partitions` (1 … 64) partitions.
    explicit cursor(int partitions);

    /// Nothing when a part is no position, with a check or without, names a partition that the log
    /// does not have, or one twice. "0" and "" are the beginning, which has no check.
    static std::optional<cursor> parse(std::string_view text, int partitions);

    int partitions() const { return static_cast<int>(marks_.size()); }
    global_position at(partition_number partition) const;
    std::optional<position_check> check_at(partition_number partition) const;
    /// Every position but a partition's beginning has its check.
    bool has_all_checks() const;
    /// Of its partition; never backwards. With the check of where it is the check becomes known.
    void advance(global_position to, std::optional<position_check> check = std::nullopt);

    /// Partitions with no event read are left out; "0" when that leaves none.
    std::string text() const;

    bool operator==(const cursor&) const = default;

  private:
    struct mark {
        global_position position{};
        std::optional<position_check> check{};
        bool operator==(const mark&) const = default;
    };

    std::vector<mark> marks_; // by partition
};

/// A position's number from its only spelling, 0 … 2^54 - 1; nothing for any other text.
std::optional<global_position> parse_position(std::string_view text);

} // namespace datadrop::eventstore
