#pragma once
// Commands from FlatBuffers: a CommandRequest of schemas/commands.fbs. Pure; every thread.

#include "processor/http/decoded.hpp"

#include <string_view>

namespace datadrop::processor::http {

/// The commands, each checked by itself. Problems of the whole body: malformed_flatbuffers (the
/// verifier refuses it, it has another identifier, or not exactly one of `command` and
/// `commands`), array_size. Fields that this schema does not know are not seen.
[[nodiscard]] checked<decoded_batch> decode_flatbuffers(std::string_view body,
                                                        const command_context& context);

} // namespace datadrop::processor::http
