#pragma once
// Commands written as clients write them, in both formats of the front door, and what must hold of
// whatever a decoder makes of a body. Pure.

#include "processor/http/decoded.hpp"

#include <string>
#include <string_view>

namespace datadrop::test {

/// Who submits, with a key for fingerprints.
const processor::http::command_context& fuzz_context();

std::string json_of(const domain::envelope& command);
std::string flatbuffers_of(const domain::envelope& command);

/// Each item is a command that both formats bring again as the same, or a problem that is one of
/// its values'.
void require_sound(const processor::http::checked<processor::http::decoded_batch>& decoded);

} // namespace datadrop::test
