#include "processor/http/validate.hpp"

#include "domain/payload_rules.hpp"
#include "domain/transition_table.hpp"
#include "processor/http/http_limits.hpp"
#include "processor/http/text.hpp"
#include "projections/dead_letter_json.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <utility>
#include <vector>

namespace datadrop::processor::http {

namespace {

using domain::command_kind;
using objection = std::optional<problem>;

problem missing(std::string_view field) {
    return {problem_code::missing_field, fmt::format("{} is missing", field)};
}

problem invalid(std::string_view field, std::string_view must) {
    return {problem_code::invalid_field, fmt::format("{} must be {}", field, must)};
}

objection snowflake_problem(std::string_view field, std::optional<std::int64_t> id) {
    if (!id) return missing(field);
    if (*id < 1) return invalid(field, "a snowflake: 1 to 9223372036854775807");
    return std::nullopt;
}

struct length_range {
    std::size_t min = 0;
    std::size_t max = 0;
};

objection visible_problem(std::string_view field, std::string_view text, length_range allowed) {
    if (text.size() >= allowed.min && text.size() <= allowed.max && is_visible_ascii(text))
        return std::nullopt;
    return invalid(field, fmt::format("{} to {} visible ASCII characters, without blanks",
                                      allowed.min, allowed.max));
}

objection prose_problem(std::string_view field, std::string_view text, std::size_t length_max,
                        lines allowed) {
    const auto characters = count_characters(text, allowed);
    if (characters && *characters <= length_max) return std::nullopt;
    return invalid(field,
                   fmt::format("UTF-8 text of at most {} characters, none of them a "
                               "control character{}",
                               length_max,
                               allowed == lines::several ? " but line breaks and tabs" : ""));
}

objection key_problem(const received_command& c) {
    if (!c.idempotency_key) return missing("idempotency_key");
    return visible_problem("idempotency_key", *c.idempotency_key,
                           {.min = 1, .max = domain::key_characters_max});
}

/// What names the command goes first: whatever else is wrong with it can be told by its name then.
objection identity_problem(const received_command& c) {
    if (auto p = snowflake_problem("guild_id", c.guild_id)) return p;
    if (auto p = snowflake_problem("user_id", c.user_id)) return p;
    if (!c.command) return missing("command");
    return key_problem(c);
}

/// An actor that says nobody would pass for one where a rule asks for an actor.
objection actor_problem(std::string_view actor) {
    if (actor.find_first_not_of(' ') == std::string_view::npos)
        return invalid("actor", "a name or id, not blank");
    return prose_problem("actor", actor, domain::actor_characters_max, lines::one);
}

objection correlation_problem(std::string_view id) {
    if (id.size() <= domain::correlation_characters_max && is_printable_ascii(id))
        return std::nullopt;
    return invalid("correlation_id", fmt::format("at most {} printable ASCII characters",
                                                 domain::correlation_characters_max));
}

objection time_problem(std::string_view text) {
    if (projections::parse_timestamp(text)) return std::nullopt;
    return invalid("occurred_at", "an RFC 3339 time like 2024-09-01T10:11:12.345Z");
}

objection circumstance_problem(const received_command& c) {
    objection p;
    if (c.expected_version) p = count_problem("expected_version", *c.expected_version);
    if (!p && c.expected_lifecycle) p = count_problem("expected_lifecycle", *c.expected_lifecycle);
    if (!p && c.reason) p = reason_problem(*c.reason);
    if (!p && c.actor) p = actor_problem(*c.actor);
    if (!p && c.correlation_id) p = correlation_problem(*c.correlation_id);
    if (!p && c.occurred_at) p = time_problem(*c.occurred_at);
    return p;
}

/// The field as clients write it.
std::string_view name_of_field(domain::payload_field field) {
    switch (field) {
    case domain::payload_field::email:
        return "payload.email";
    case domain::payload_field::campaign_id:
        return "payload.campaign_id";
    case domain::payload_field::outcome:
        break;
    }
    return "payload.outcome";
}

std::string outcomes_of_an_expiry() {
    std::vector<std::string_view> names;
    for (const auto to : domain::expiry_outcomes)
        names.push_back(name_of(to));
    return fmt::format("{}", fmt::join(names, " or "));
}

/// The domain has said what does not fit; here it gets a sentence.
problem problem_of(const domain::payload_misfit& m, command_kind kind) {
    const auto field = name_of_field(m.field);
    switch (m.what) {
    case domain::payload_misfit::fault::missing:
        return {problem_code::missing_field,
                fmt::format("{} is missing: {} needs it", field, name_of(kind))};
    case domain::payload_misfit::fault::foreign:
        return {problem_code::invalid_field,
                fmt::format("{} does not belong to {}", field, name_of(kind))};
    case domain::payload_misfit::fault::not_an_outcome:
        break;
    }
    return invalid(field, outcomes_of_an_expiry());
}

objection payload_problem(const received_payload& data, command_kind kind) {
    const domain::payload_shape shape{.email = data.email.has_value(),
                                      .campaign_id = data.campaign_id.has_value(),
                                      .outcome = data.outcome};
    if (const auto m = misfit(kind, shape)) return problem_of(*m, kind);
    // What belongs here is looked at more closely.
    if (data.email && !eventstore::is_email_address(*data.email))
        return invalid("payload.email", "an e-mail address of at most 254 bytes");
    if (data.campaign_id)
        return visible_problem("payload.campaign_id", *data.campaign_id,
                               {.min = 1, .max = domain::campaign_characters_max});
    return std::nullopt;
}

objection first_problem(const received_command& c) {
    if (auto p = identity_problem(c)) return p;
    if (auto p = circumstance_problem(c)) return p;
    return payload_problem(c.payload, *c.command);
}

std::optional<std::string> owned(std::optional<std::string_view> text) {
    if (!text) return std::nullopt;
    return std::string{*text};
}

domain::payload payload_of(const received_payload& data, const eventstore::fingerprint_key& key) {
    domain::payload result;
    // An event keeps the fingerprint; the address goes beside it, where it can be erased.
    if (data.email) result.email = eventstore::fingerprint_of(*data.email, key);
    result.campaign_id = owned(data.campaign_id);
    result.outcome = data.outcome;
    return result;
}

domain::envelope envelope_of(const received_command& c, const command_context& context) {
    domain::envelope result;
    result.who = {domain::guild_id{*c.guild_id}, domain::user_id{*c.user_id}};
    result.kind = *c.command;
    result.data = payload_of(c.payload, context.key);
    result.idempotency_key = *c.idempotency_key;
    result.expected_state = c.expected_state;
    if (c.expected_version) result.expected_version = domain::stream_version{*c.expected_version};
    result.expected_lifecycle = c.expected_lifecycle;
    result.conflict = c.on_conflict.value_or(domain::on_conflict::retry);
    result.reason = owned(c.reason);
    result.actor = owned(c.actor);
    result.correlation_id = owned(c.correlation_id);
    if (c.occurred_at) result.occurred_at = projections::parse_timestamp(*c.occurred_at);
    result.by = context.by;
    result.address = owned(c.payload.email);
    return result;
}

} // namespace

refused_command refuse(const received_command& received, problem why) {
    // Only what is as it must be: an answer gives nobody's broken bytes back.
    refused_command refused{std::move(why)};
    if (!snowflake_problem("guild_id", received.guild_id)) refused.guild_id = received.guild_id;
    if (!snowflake_problem("user_id", received.user_id)) refused.user_id = received.user_id;
    if (!key_problem(received)) refused.idempotency_key = owned(received.idempotency_key);
    return refused;
}

decoded_command validate(const received_command& received, const command_context& context) {
    if (auto p = first_problem(received)) return refuse(received, *std::move(p));
    return std::make_shared<const domain::envelope>(envelope_of(received, context));
}

std::optional<problem> reason_problem(std::string_view reason) {
    return prose_problem("reason", reason, domain::reason_characters_max, lines::several);
}

std::optional<problem> count_problem(std::string_view field, std::int64_t number) {
    if (number >= 0 && number <= json_number_max) return std::nullopt;
    return invalid(field, fmt::format("a whole number, 0 to {}", json_number_max));
}

std::optional<problem> array_problem(std::size_t items) {
    if (items >= 1 && items <= array_items_max) return std::nullopt;
    return problem{problem_code::array_size,
                   fmt::format("an array holds 1 to {} commands, not {}", array_items_max, items)};
}

} // namespace datadrop::processor::http
