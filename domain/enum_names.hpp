#pragma once
// Enumerations whose enumerators, numbered from 0, have names that clients write and numbers that
// rows hold: how either is read and written. Pure values, for every thread.

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <type_traits>

namespace datadrop::domain {

/// The names of an enumeration in the order of its numbers, by a specialisation of its own. One
/// that has none is refused where its names are asked for.
template <typename Enum>
inline constexpr std::nullptr_t names = nullptr;

template <typename Enum>
concept named = !std::is_null_pointer_v<std::remove_cv_t<decltype(names<Enum>)>>;

/// How many enumerators an enumeration has.
template <named Enum>
inline constexpr std::size_t count_of = std::size(names<Enum>);

/// The name that clients read; `value` must be an enumerator.
template <named Enum>
constexpr std::string_view name_of(Enum value) {
    return names<Enum>[static_cast<std::size_t>(value)];
}

/// The enumerator of a name, letter by letter; nothing for any other text.
template <named Enum>
constexpr std::optional<Enum> parse(std::string_view name) {
    for (std::size_t i = 0; i < count_of<Enum>; ++i)
        if (names<Enum>[i] == name) return static_cast<Enum>(i);
    return std::nullopt;
}

/// The enumerator of a stored number; nothing for a number that no enumerator has.
template <named Enum>
constexpr std::optional<Enum> from_number(std::int64_t number) {
    if (number < 0 || number >= static_cast<std::int64_t>(count_of<Enum>)) return std::nullopt;
    return static_cast<Enum>(number);
}

/// The number that stands for a value in a row or a message.
template <named Enum>
constexpr std::int64_t number_of(Enum value) {
    return static_cast<std::int64_t>(value);
}

} // namespace datadrop::domain
