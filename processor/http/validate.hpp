#pragma once
// What every client has to keep to, whichever format brought it: fields that must be there,
// ranges, lengths, spellings, and payloads that fit their command. Pure; every thread.

#include "processor/http/decoded.hpp"
#include "processor/http/received_command.hpp"

#include <optional>
#include <string_view>

namespace datadrop::processor::http {

/// What is refused for another reason, with what names it: values that are as they must be.
refused_command refuse(const received_command& received, problem why);

/// The command, or the first problem: missing_field, invalid_field. The detail names the field.
[[nodiscard]] decoded_command validate(const received_command& received,
                                       const command_context& context);

/// The rules that other requests share; nothing when the value is fine. Versions and lifecycles are
/// whole numbers up to json_number_max.
[[nodiscard]] std::optional<problem> reason_problem(std::string_view reason);
[[nodiscard]] std::optional<problem> count_problem(std::string_view field, std::int64_t number);

/// array_size unless 1 … array_items_max.
[[nodiscard]] std::optional<problem> array_problem(std::size_t items);

} // namespace datadrop::processor::http
