#pragma once
// Commands from JSON: one object, or an array of them. null stands for absent where a field may be
// left out (payload, the expectations, reason, actor, correlation_id, occurred_at)
// and is a wrong type everywhere else. Pure; every thread.

#include "processor/http/decoded.hpp"

#include <string_view>

namespace datadrop::processor::http {

/// The commands, each checked by itself. Problems of the whole body: malformed_json, array_size,
/// invalid_field (neither object nor array).
[[nodiscard]] checked<decoded_batch> decode_json(std::string_view body,
                                                 const command_context& context);

} // namespace datadrop::processor::http
