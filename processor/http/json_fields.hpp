#pragma once
// Takes the members of a JSON object by name and type. The first problem is kept (unknown_field,
// invalid_field) and what is asked for afterwards does no harm, so a caller asks for everything and
// looks once. A value over the object, which outlives it; one thread.

#include "domain/vocabulary.hpp"
#include "processor/http/problem.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace datadrop::processor::http {

/// Of a body; no body at all says no more than {}. Problems: malformed_json, invalid_field.
[[nodiscard]] checked<boost::json::object> parse_object(std::string_view body);

/// What null says in a field's place.
enum class null_is { absent, invalid };

class json_fields {
  public:
    /// `prefix` stands before the names in details ("payload."). A member that is not among
    /// `known` is a problem.
    json_fields(const boost::json::object& object, std::string_view prefix,
                std::initializer_list<std::string_view> known);

    /// The value behind a name; nothing when it is not there, also by null where that is allowed.
    std::optional<std::string_view> text(std::string_view name, null_is null);
    std::optional<std::int64_t> whole_number(std::string_view name, null_is null);
    std::optional<bool> flag(std::string_view name, null_is null);
    const boost::json::object* object(std::string_view name, null_is null);
    std::optional<std::int64_t> snowflake(std::string_view name);

    template <typename Enum>
    std::optional<Enum> one_of(std::string_view name, null_is null) {
        const auto given = text(name, null);
        if (!given) return std::nullopt;
        const auto value = domain::parse<Enum>(*given);
        if (!value) refuse_name(name, *given, domain::names<Enum>);
        return value;
    }

    bool is_null(std::string_view name) const;
    [[nodiscard]] const std::optional<problem>& first_problem() const { return first_problem_; }

  private:
    const boost::json::value* find(std::string_view name, null_is null) const;
    void refuse(std::string_view name, std::string_view must);
    void refuse_name(std::string_view name, std::string_view given,
                     std::span<const std::string_view> allowed);
    void note(problem_code code, std::string detail);

    const boost::json::object& object_;
    std::string_view prefix_;
    std::optional<problem> first_problem_;
};

} // namespace datadrop::processor::http
