#pragma once
// The rules of a membership, written down a second time from the specification, for the model: it
// shares no code with domain/transition_table.hpp nor domain/membership.cpp. Pure; every thread.

#include "domain/envelope.hpp"

#include <optional>
#include <string_view>

namespace datadrop::sim::model {

struct ruling {
    std::optional<domain::state> to{}; // nothing: refused
    std::string_view code{};           // why it is refused
};

/// What a command comes to for a member in a state and a stay, with or without an e-mail on record.
ruling rule(domain::state from, bool has_email, std::int64_t lifecycle,
            const domain::envelope& command);

/// Whether an e-mail is on record once the command is written.
bool has_email_after(bool before, domain::command_kind kind, const domain::payload& data);

/// Which stay it is once the command is written.
std::int64_t lifecycle_after(std::int64_t before, domain::command_kind kind);

} // namespace datadrop::sim::model
