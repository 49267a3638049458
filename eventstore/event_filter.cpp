#include "eventstore/event_filter.hpp"

#include <algorithm>
#include <variant>

namespace datadrop::eventstore {

bool event_filter::wants(domain::guild_id of, domain::event_kind kind) const {
    return (!guild || *guild == of) &&
           (kinds.empty() || std::ranges::find(kinds, kind) != kinds.end());
}

bool event_filter::wants(const stored_event& event) const {
    const auto* shown = std::get_if<stored_membership_event>(&event);
    return shown != nullptr && wants(shown->who.guild, shown->what.kind);
}

} // namespace datadrop::eventstore
