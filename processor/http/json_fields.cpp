#include "processor/http/json_fields.hpp"

#include "domain/ids.hpp"
#include "processor/http/json_text.hpp"
#include "processor/http/text.hpp"

#include <boost/json/value.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace datadrop::processor::http {

checked<boost::json::object> parse_object(std::string_view body) {
    if (body.empty()) return boost::json::object{};
    auto parsed = parse_json(body);
    if (!parsed) return parsed.error();
    if (auto* object = parsed->if_object()) return std::move(*object);
    return problem{problem_code::invalid_field, "the body must be a JSON object"};
}

json_fields::json_fields(const boost::json::object& object, std::string_view prefix,
                         std::initializer_list<std::string_view> known)
    : object_(object), prefix_(prefix) {
    // Refused and not passed over: an expectation whose name is misspelt would be none at all.
    for (const auto& member : object_) {
        const std::string_view name = member.key();
        if (std::ranges::find(known, name) == known.end())
            note(problem_code::unknown_field, fmt::format("{}{} is unknown; known are {}", prefix_,
                                                          in_quotes(name), fmt::join(known, ", ")));
    }
}

std::optional<std::string_view> json_fields::text(std::string_view name, null_is null) {
    const auto* value = find(name, null);
    if (value == nullptr) return std::nullopt;
    if (const auto* given = value->if_string()) return std::string_view{*given};
    refuse(name, "a string");
    return std::nullopt;
}

std::optional<std::int64_t> json_fields::whole_number(std::string_view name, null_is null) {
    const auto* value = find(name, null);
    if (value == nullptr) return std::nullopt;
    if (const auto* given = value->if_int64()) return *given;
    refuse(name, "a whole number, as a JSON number in range");
    return std::nullopt;
}

std::optional<bool> json_fields::flag(std::string_view name, null_is null) {
    const auto* value = find(name, null);
    if (value == nullptr) return std::nullopt;
    if (const auto* given = value->if_bool()) return *given;
    refuse(name, "true or false");
    return std::nullopt;
}

const boost::json::object* json_fields::object(std::string_view name, null_is null) {
    const auto* value = find(name, null);
    if (value == nullptr) return nullptr;
    if (const auto* given = value->if_object()) return given;
    refuse(name, "an object");
    return nullptr;
}

std::optional<std::int64_t> json_fields::snowflake(std::string_view name) {
    const auto* value = find(name, null_is::invalid);
    if (value == nullptr) return std::nullopt;
    // Never a number: JavaScript would have rounded it.
    const auto* given = value->if_string();
    const auto id = given == nullptr ? std::nullopt : domain::parse_snowflake(*given);
    if (!id) refuse(name, "a snowflake: a string of decimal digits, 1 to 9223372036854775807");
    return id;
}

bool json_fields::is_null(std::string_view name) const {
    const auto* value = object_.if_contains(name);
    return value != nullptr && value->is_null();
}

const boost::json::value* json_fields::find(std::string_view name, null_is null) const {
    const auto* value = object_.if_contains(name);
    const bool absent = value != nullptr && value->is_null() && null == null_is::absent;
    return absent ? nullptr : value;
}

void json_fields::refuse(std::string_view name, std::string_view must) {
    note(problem_code::invalid_field, fmt::format("{}{} must be {}", prefix_, name, must));
}

void json_fields::refuse_name(std::string_view name, std::string_view given,
                              std::span<const std::string_view> allowed) {
    refuse(name, fmt::format("one of {}, not {}", fmt::join(allowed, ", "), in_quotes(given)));
}

void json_fields::note(problem_code code, std::string detail) {
    // Those behind the first often only follow from it.
    if (!first_problem_) first_problem_ = problem{code, std::move(detail)};
}

} // namespace datadrop::processor::http
