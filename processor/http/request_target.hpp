#pragma once
// What a request's target asks for: the path's segments and the query's parameters,
// percent-decoded. Pure; every thread.

#include "domain/ids.hpp"
#include "domain/vocabulary.hpp"
#include "eventstore/position.hpp"
#include "processor/http/problem.hpp"

#include <fmt/format.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace datadrop::processor::http {

struct request_target {
    std::vector<std::string> path;
    std::vector<std::pair<std::string, std::string>> parameters;

    /// Of an origin-form or absolute-form target (RFC 9112, 3.2); nothing for any other text.
    [[nodiscard]] static std::optional<request_target> parse(std::string_view text);
};

/// Takes parameters by name; the first problem is kept (unknown_parameter, invalid_parameter), as
/// in json_fields. A value over the target, which outlives it; one thread.
class query {
  public:
    /// A parameter that is not among `known`, or is there twice, is a problem.
    query(const request_target& where, std::initializer_list<std::string_view> known);

    std::optional<std::string_view> text(std::string_view name) const;

    /// What `parse` makes of the text; `must` says in a detail what it would have been.
    template <typename Parse>
    auto value(std::string_view name, Parse parse, std::string_view must)
        -> std::invoke_result_t<Parse, std::string_view> {
        const auto given = text(name);
        if (!given) return std::nullopt;
        auto result = parse(*given);
        if (!result) refuse(name, must, *given);
        return result;
    }

    /// `limit`, page_items_default without it.
    std::size_t limit();
    std::optional<domain::guild_id> guild();
    /// `event`: the types of events that it names, each once; none without it.
    std::vector<domain::event_kind> events();

    [[nodiscard]] const std::optional<problem>& first_problem() const { return first_problem_; }

  private:
    void refuse(std::string_view name, std::string_view must, std::string_view given);
    void note(problem_code code, std::string detail);

    const request_target& where_;
    std::optional<problem> first_problem_;
};

/// Two snowflakes; nothing when one of them is none.
std::optional<domain::member_id> parse_member(std::string_view guild, std::string_view user);

/// Where a page of members ended, and back.
std::string page_token(domain::member_id last);
std::optional<domain::member_id> parse_page_token(std::string_view text);

} // namespace datadrop::processor::http
