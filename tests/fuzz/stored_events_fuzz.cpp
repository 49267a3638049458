// The stored formats: bytes that no version of the program has written are refused as corrupt, and
// what can be read is written and read again as the same. The first byte chooses the format.
#include "eventstore/dead_letter_codec.hpp"
#include "tests/fuzz/support/target.hpp"

#include <cstdint>
#include <vector>

namespace datadrop::test {
namespace {

using eventstore::encode;
using bytes = std::vector<std::uint8_t>;

template <typename Decode>
void check_format(const bytes& input, Decode decode) {
    try {
        const auto value = decode(input);
        const auto written = encode(value);
        require(decode(written) == value, "what is written is read as the same");
        require(encode(decode(written)) == written, "a value has one form");
    } catch (const eventstore::corrupt_event&) {
        return; // and said so
    }
}

void fuzz_stored_events(std::string_view input) {
    if (input.empty()) return;
    const bytes stored(input.begin() + 1, input.end());
    if (input.front() == 'm')
        check_format(stored, eventstore::decode_payload);
    else
        check_format(stored, eventstore::decode_dead_letter_event);
}

const fuzz_target stored_events("stored_events", fuzz_stored_events);

} // namespace
} // namespace datadrop::test
