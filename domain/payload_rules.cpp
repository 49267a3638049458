#include "domain/payload_rules.hpp"

#include "domain/transition_table.hpp"

#include <algorithm>

namespace datadrop::domain {
namespace {

std::optional<payload_misfit> misfit(payload_field field, presence rule, bool is_there) {
    if (is_there && rule == presence::none)
        return payload_misfit{field, payload_misfit::fault::foreign};
    if (!is_there && rule == presence::required)
        return payload_misfit{field, payload_misfit::fault::missing};
    return std::nullopt;
}

} // namespace

payload_shape shape_of(const payload& data) {
    return {.email = data.email.has_value(),
            .campaign_id = data.campaign_id.has_value(),
            .outcome = data.outcome};
}

std::optional<payload_misfit> misfit(command_kind kind, const payload_shape& brings) {
    const auto& rule = transition_of(kind);
    if (auto m = misfit(payload_field::email, rule.email, brings.email)) return m;
    if (auto m = misfit(payload_field::campaign_id, rule.campaign_id, brings.campaign_id)) return m;
    if (auto m = misfit(payload_field::outcome, rule.outcome, brings.outcome.has_value())) return m;
    if (brings.outcome &&
        std::ranges::find(expiry_outcomes, *brings.outcome) == end(expiry_outcomes))
        return payload_misfit{payload_field::outcome, payload_misfit::fault::not_an_outcome};
    return std::nullopt;
}

} // namespace datadrop::domain
