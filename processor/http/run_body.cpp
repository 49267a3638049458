#include "processor/http/run_body.hpp"

#include "processor/http/json_fields.hpp"
#include "processor/http/letter_filter_text.hpp"
#include "processor/http/remediation_body.hpp"
#include "processor/http/validate.hpp"
#include "projections/rfc3339.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <utility>

namespace datadrop::processor::http {

namespace {

namespace json = boost::json;

constexpr std::int64_t rate_max = 100'000;
constexpr std::string_view expectation_names[] = {"expected_state", "expected_version",
                                                  "expected_lifecycle"};

problem missing(std::string_view name, std::string_view say) {
    return {problem_code::missing_field, fmt::format("{} is missing: {}", name, say)};
}

problem wrong(std::string_view name, std::string_view must) {
    return {problem_code::invalid_field, fmt::format("{} must be {}", name, must)};
}

/// Takes texts of the filter that have a form of their own; the first problem is kept.
class filter_texts {
  public:
    explicit filter_texts(json_fields& fields) : fields_(fields) {}

    template <typename Parse>
    auto take(std::string_view name, Parse parse, std::string_view must)
        -> decltype(parse(std::string_view())) {
        const auto text = fields_.text(name, null_is::absent);
        if (!text) return std::nullopt;
        auto value = parse(*text);
        if (!value && !problem_) problem_ = wrong("filter." + std::string(name), must);
        return value;
    }
    std::optional<problem> first_problem() const {
        return fields_.first_problem() ? fields_.first_problem() : problem_;
    }

  private:
    json_fields& fields_;
    std::optional<problem> problem_{};
};

checked<projections::dead_letter_filter> parse_filter(const json::object& given) {
    json_fields fields{
        given,
        "filter.",
        {"guild_id", "user_id", "command", "code", "status", "parked_before", "parked_after"}};
    filter_texts texts(fields);
    projections::dead_letter_filter of;
    if (const auto guild = fields.snowflake("guild_id")) of.guild = domain::guild_id{*guild};
    if (const auto user = fields.snowflake("user_id")) of.user = domain::user_id{*user};
    of.command = fields.one_of<domain::command_kind>("command", null_is::absent);
    of.status = fields.one_of<domain::dead_letter_status>("status", null_is::absent);
    of.code = texts.take("code", parse_letter_code, code_must);
    of.parked_before = texts.take("parked_before", projections::parse_timestamp, time_must);
    of.parked_after = texts.take("parked_after", projections::parse_timestamp, time_must);
    if (auto p = texts.first_problem()) return *std::move(p);
    if (of.status && *of.status != domain::dead_letter_status::parked)
        return wrong("filter.status", "parked: nothing can be done to the others");
    return of;
}

/// As a redrive's body has them, and judged as that.
checked<json::object> parse_expectations(const json::object& body, const domain::submitter& by) {
    json::object given;
    for (const auto name : expectation_names)
        if (const auto* value = body.if_contains(name)) given[name] = *value;
    const auto as_redrive = parse_redrive(json::serialize(given), {}, by);
    if (!as_redrive) return as_redrive.error();
    return given;
}

std::optional<problem> reason_missing(std::optional<std::string_view> reason) {
    if (!reason || reason->find_first_not_of(" \t\n\r") == std::string_view::npos)
        return missing("reason", "say why, for the audit trail of each");
    if (reason->size() > run_reason_bytes_max)
        return wrong("reason", fmt::format("at most {} bytes", run_reason_bytes_max));
    return reason_problem(*reason);
}

std::optional<problem> range_problem(std::string_view name, std::optional<std::int64_t> number,
                                     std::int64_t max) {
    if (!number || (*number >= 1 && *number <= max)) return std::nullopt;
    return wrong(name, fmt::format("a whole number, 1 to {}", max));
}

} // namespace

checked<run_body> parse_run(std::string_view body, const domain::submitter& by) {
    const auto object = parse_object(body);
    if (!object) return object.error();
    json_fields fields{*object,
                       "",
                       {"act", "reason", "filter", "limit", "rate", "expected_state",
                        "expected_version", "expected_lifecycle"}};
    const auto act = fields.text("act", null_is::invalid);
    const auto reason = fields.text("reason", null_is::invalid);
    const auto limit = fields.whole_number("limit", null_is::absent);
    const auto rate = fields.whole_number("rate", null_is::absent);
    const auto* filter = fields.object("filter", null_is::absent);
    if (fields.first_problem()) return *fields.first_problem();
    if (!act) return missing("act", "redrive or discard");
    if (*act != "redrive" && *act != "discard") return wrong("act", "redrive or discard");
    if (auto p = reason_missing(reason)) return *std::move(p);
    if (auto p = range_problem("limit", limit, projections::run_items_max)) return *std::move(p);
    if (auto p = range_problem("rate", rate, rate_max)) return *std::move(p);
    const auto of = parse_filter(filter ? *filter : json::object{});
    if (!of) return of.error();
    const auto expectations = parse_expectations(*object, by);
    if (!expectations) return expectations.error();
    const bool is_discard = *act == "discard";
    if (is_discard && !expectations->empty())
        return wrong("act", "redrive where an expectation is replaced");
    return run_body{
        .asked = {.act = is_discard ? domain::remediation::discard : domain::remediation::redrive,
                  .reason = std::string(*reason),
                  .by = by,
                  .of = *of,
                  .filter = filter ? *filter : json::object{},
                  .expectations = *expectations,
                  .rate = rate},
        .limit = limit.value_or(projections::run_items_max)};
}

checked<std::int64_t> parse_run_start(std::string_view body) {
    const auto object = parse_object(body);
    if (!object) return object.error();
    json_fields fields{*object, "", {"count"}};
    const auto count = fields.whole_number("count", null_is::invalid);
    if (fields.first_problem()) return *fields.first_problem();
    if (!count) return missing("count", "how many there are, as the run's selected says");
    return *count;
}

} // namespace datadrop::processor::http
