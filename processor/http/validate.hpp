#pragma once
// The one judge of what a client says, whichever format brought it: fields that must be there,
// ranges, lengths, spellings, and payloads that fit their command. Pure; every thread.

#include "processor/http/decoded.hpp"
#include "processor/http/received_command.hpp"

#include <optional>
#include <string_view>

namespace datadrop::processor::http {

/// The command, or the first problem: missing_field, invalid_field. The detail names the field.
decoded_command validate(const received_command& received, const command_context& context);

/// The rules of texts that other requests share; nothing when the text is fine.
std::optional<problem> reason_problem(std::string_view reason);
std::optional<problem> version_problem(std::int64_t version);

/// array_size unless 1 … array_items_max.
std::optional<problem> array_problem(std::size_t items);

} // namespace datadrop::processor::http
