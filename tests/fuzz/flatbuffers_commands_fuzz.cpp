// Bodies in FlatBuffers.
#include "processor/http/flatbuffers_decoder.hpp"
#include "tests/fuzz/support/target.hpp"
#include "tests/fuzz/support/wire_commands.hpp"

namespace datadrop::test {
namespace {

void fuzz_flatbuffers_commands(std::string_view input) {
    const std::string body{input}; // the alignment that a body has
    require_sound(processor::http::decode_flatbuffers(body, fuzz_context()));
}

const fuzz_target flatbuffers_commands("flatbuffers_commands", fuzz_flatbuffers_commands);

} // namespace
} // namespace datadrop::test
