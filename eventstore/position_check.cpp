#include "eventstore/position_check.hpp"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <array>
#include <iterator>

namespace datadrop::eventstore {
namespace {

using text_buffer = fmt::memory_buffer;

position_check check_of(const text_buffer& text) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> hash;
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash.data());
    // Four bytes are enough: they tell two events apart that were given the same position in two
    // histories, not all events of a log from each other.
    std::uint32_t first = 0;
    for (int i = 0; i < 4; ++i)
        first = first << 8 | hash[static_cast<std::size_t>(i)];
    return position_check{first};
}

} // namespace

// No two histories have an event of the same words at a position: the key is its stream's only one,
// and the same command written again after a restore has another recorded_at.

position_check check_of(const stored_membership_event& e) {
    text_buffer text;
    fmt::format_to(std::back_inserter(text), "0 {} {} {} {} {}", domain::micros_of(e.recorded_at),
                   domain::number_of(e.who.guild), domain::number_of(e.who.user),
                   domain::number_of(e.version), e.idempotency_key);
    return check_of(text);
}

position_check check_of(const stored_dead_letter_event& e) {
    text_buffer text;
    fmt::format_to(std::back_inserter(text), "1 {} {} {} {}", domain::micros_of(e.recorded_at),
                   domain::number_of(e.who.guild), domain::number_of(e.who.user),
                   number_of(e.letter));
    return check_of(text);
}

position_check check_of(const stored_event& event) {
    return std::visit([](const auto& e) { return check_of(e); }, event);
}

} // namespace datadrop::eventstore
