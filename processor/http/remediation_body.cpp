#include "processor/http/remediation_body.hpp"

#include "processor/http/json_fields.hpp"
#include "processor/http/validate.hpp"

#include <boost/json/object.hpp>

#include <utility>

namespace datadrop::processor::http {

namespace {

std::optional<problem> first_problem(const json_fields& fields,
                                     std::optional<std::string_view> reason) {
    if (fields.first_problem()) return fields.first_problem();
    return reason ? reason_problem(*reason) : std::nullopt;
}

} // namespace

checked<redrive_request> parse_redrive(std::string_view body, eventstore::dead_letter_id id,
                                       const domain::submitter& by) {
    const auto object = parse_object(body);
    if (!object) return object.error();
    json_fields fields{
        *object, "", {"reason", "expected_state", "expected_version", "expected_lifecycle"}};
    const auto reason = fields.text("reason", null_is::absent);
    const auto state = fields.one_of<domain::state>("expected_state", null_is::absent);
    const auto version = fields.whole_number("expected_version", null_is::absent);
    const auto lifecycle = fields.whole_number("expected_lifecycle", null_is::absent);
    // Types before values, as with commands.
    auto p = first_problem(fields, reason);
    if (!p && version) p = count_problem("expected_version", *version);
    if (!p && lifecycle) p = count_problem("expected_lifecycle", *lifecycle);
    if (p) return *std::move(p);

    redrive_request asked{.id = id, .by = by};
    if (reason) asked.reason.emplace(*reason);
    // Three things are said of an expectation: nothing (it stays), null (it is dropped), a value.
    if (state || fields.is_null("expected_state")) asked.expected_state.emplace(state);
    if (version) asked.expected_version.emplace(domain::stream_version{*version});
    if (fields.is_null("expected_version")) asked.expected_version.emplace(std::nullopt);
    if (lifecycle || fields.is_null("expected_lifecycle"))
        asked.expected_lifecycle.emplace(lifecycle);
    return asked;
}

checked<domain::command_discarded> parse_discard(std::string_view body,
                                                 const domain::submitter& by) {
    const auto object = parse_object(body);
    if (!object) return object.error();
    json_fields fields{*object, "", {"reason"}};
    const auto reason = fields.text("reason", null_is::invalid);
    if (auto p = first_problem(fields, reason)) return *std::move(p);
    if (!reason) return problem{problem_code::missing_field, "reason is missing: say why"};
    // A command is given up for good: whoever reads the trail must find out why.
    if (reason->find_first_not_of(" \t\n\r") == std::string_view::npos)
        return problem{problem_code::invalid_field, "reason must not be blank: say why"};
    return domain::command_discarded{by, std::string{*reason}};
}

} // namespace datadrop::processor::http
