#pragma once
// The keyed fingerprint of an e-mail address: HMAC-SHA-256 (RFC 2104) of its bytes as given. The
// key is the server's; whoever has only the events can neither read an address nor test a guess.
// A value; every thread.

#include "domain/membership.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace datadrop::eventstore {

using fingerprint_key = std::array<std::uint8_t, 32>;

domain::email_fingerprint fingerprint_of(std::string_view address, const fingerprint_key& key);

/// 64 lower-case hexadecimal digits.
std::string to_text(const domain::email_fingerprint& fingerprint);

/// An address as the HTML standard's e-mail state takes it (WHATWG HTML, "valid e-mail address"),
/// with a dot-atom local part (RFC 5321, 4.1.2) of at most 64 bytes and at most 254 bytes in all.
bool is_email_address(std::string_view text);

} // namespace datadrop::eventstore
