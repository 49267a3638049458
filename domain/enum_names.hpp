#pragma once
// Enumerations whose enumerators, numbered from 0 without a gap, have names that people and
// programs write and numbers that rows hold. Each has a function beside it
//
//     constexpr std::string_view name_of(thing value)
//
// that is a switch over all of them without a default, so that one that was forgotten does not
// compile, and that gives an empty text for a number that stands for none. All else follows from
// it. Pure values, for every thread.

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace datadrop::domain {

/// One without such a function is refused where its names are asked for.
template <typename Enum>
concept named = std::is_enum_v<Enum> && requires(Enum value) {
    { name_of(value) } -> std::same_as<std::string_view>;
};

/// How many enumerators an enumeration has.
template <named Enum>
inline constexpr std::size_t count_of = [] {
    std::size_t count = 0;
    while (!name_of(static_cast<Enum>(count)).empty())
        ++count;
    return count;
}();

/// Their names in the order of their numbers.
template <named Enum>
inline constexpr std::array<std::string_view, count_of<Enum>> names = [] {
    std::array<std::string_view, count_of<Enum>> all;
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = name_of(static_cast<Enum>(i));
    return all;
}();

/// The enumerator of a name, letter by letter; nothing for any other text.
template <named Enum>
[[nodiscard]] constexpr std::optional<Enum> parse(std::string_view name) {
    for (std::size_t i = 0; i < count_of<Enum>; ++i)
        if (names<Enum>[i] == name) return static_cast<Enum>(i);
    return std::nullopt;
}

/// The enumerator of a stored number; nothing for a number that no enumerator has.
template <named Enum>
[[nodiscard]] constexpr std::optional<Enum> from_number(std::int64_t number) {
    if (number < 0 || number >= static_cast<std::int64_t>(count_of<Enum>)) return std::nullopt;
    return static_cast<Enum>(number);
}

/// The number that stands for a value in a row or a message.
template <named Enum>
constexpr std::int64_t number_of(Enum value) {
    return static_cast<std::int64_t>(value);
}

} // namespace datadrop::domain
