#pragma once
// Values in a failed check's message. `print` gives the text of a value, and of an optional,
// pointer, vector or variant of such; doctest uses it for all of them. A type's own `print` stands
// in the type's namespace, where it is found whenever it was declared.

#include "domain/dead_letter.hpp"
#include "domain/envelope.hpp"
#include "domain/membership.hpp"

#include <doctest/doctest.h>

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace datadrop::test {

inline std::string print(const std::string& text) { return '"' + text + '"'; }
inline std::string print(bool value) { return value ? "yes" : "no"; }
inline std::string print(std::integral auto number) { return std::to_string(number); }
std::string print(const domain::email_fingerprint& fingerprint);
std::string print(domain::timestamp t);
/// An enumeration by its name when it has names, else by its number.
template <typename Enum>
    requires std::is_enum_v<Enum>
std::string print(Enum value) {
    if constexpr (domain::named<Enum>)
        return std::string(name_of(value));
    else
        return std::to_string(static_cast<std::int64_t>(value));
}

template <typename T>
std::string print(const std::optional<T>& value);
template <typename T>
std::string print(const std::shared_ptr<T>& value);
template <typename T>
std::string print(const std::vector<T>& values);
template <typename... Ts>
std::string print(const std::variant<Ts...>& value);

/// The fields of a struct: name(field: value, …), those that are nothing left out.
class printed_struct {
  public:
    explicit printed_struct(std::string_view name) : text_(name) { text_ += '('; }

    template <typename T>
    printed_struct& field(std::string_view name, const T& value) {
        if (text_.back() != '(') text_ += ", ";
        text_ += name;
        text_ += ": ";
        text_ += print(value);
        return *this;
    }
    template <typename T>
    printed_struct& field(std::string_view name, const std::optional<T>& value) {
        return value ? field(name, *value) : *this;
    }
    std::string text() const { return text_ + ")"; }

  private:
    std::string text_;
};

template <typename T>
std::string print(const std::optional<T>& value) {
    return value ? print(*value) : "nothing";
}
template <typename T>
std::string print(const std::shared_ptr<T>& value) {
    return value ? print(*value) : "nothing";
}
template <typename T>
std::string print(const std::vector<T>& values) {
    std::string text = "[";
    for (const auto& value : values)
        text += (text.size() > 1 ? ", " : "") + print(value);
    return text + "]";
}
template <typename... Ts>
std::string print(const std::variant<Ts...>& value) {
    return std::visit([](const auto& held) { return print(held); }, value);
}

template <typename T>
concept printable = requires(const T& value) { print(value); };

} // namespace datadrop::test

namespace datadrop::domain {
std::string print(const member_id& who);
std::string print(const payload& data);
std::string print(const membership& member);
std::string print(const event& happened);
std::string print(const rejection& refused);
std::string print(const submitter& by);
std::string print(const envelope& command);
std::string print(const stated_expectations& stated);
std::string print(const attempt& one);
std::string print(const command_parked& e);
std::string print(const command_redriven& e);
std::string print(const redrive_failed& e);
std::string print(const command_discarded& e);
} // namespace datadrop::domain

// doctest looks for toString where the printed type, or the type it is built of, was declared; for
// an enumeration its own would be as good a match, unless ours is no template.
#define DATADROP_PRINTED(type)                                                                     \
    inline doctest::String toString(const type& value) {                                           \
        return datadrop::test::print(value).c_str();                                               \
    }
namespace datadrop::domain {
DATADROP_PRINTED(state)
DATADROP_PRINTED(command_kind)
DATADROP_PRINTED(event_kind)
DATADROP_PRINTED(source)
DATADROP_PRINTED(rejection_code)
DATADROP_PRINTED(dead_letter_event_kind)
DATADROP_PRINTED(dead_letter_status)
} // namespace datadrop::domain

#undef DATADROP_PRINTED

namespace doctest {
/// Everything else that can be printed and that doctest does not print itself.
template <typename T>
    requires(!std::is_arithmetic_v<T> && !std::is_convertible_v<T, std::string_view> &&
             !std::is_enum_v<T> && datadrop::test::printable<T>)
struct StringMaker<T> {
    static String convert(const T& value) {
        using datadrop::test::print;
        return print(value).c_str();
    }
};
} // namespace doctest
