#include "eventstore/fingerprint.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <stdexcept>

namespace datadrop::eventstore {
namespace {

// What SMTP can carry (RFC 5321, 4.5.3.1): a path of 256 with its angle brackets, and names of DNS.
constexpr std::size_t address_bytes_max = 254;
constexpr std::size_t local_part_bytes_max = 64;
constexpr std::size_t label_bytes_max = 63;

constexpr std::string_view letters_and_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

bool is_letter_or_digit(char c) { return letters_and_digits.find(c) != std::string_view::npos; }

/// An atom of the local part (RFC 5322, atext).
bool is_atom(std::string_view text) {
    for (const char c : text)
        if (!is_letter_or_digit(c) &&
            std::string_view("!#$%&'*+/=?^_`{|}~-").find(c) == std::string_view::npos)
            return false;
    return !text.empty();
}

/// A label of the domain: letters, digits and hyphens, with no hyphen at either end.
bool is_label(std::string_view text) {
    if (text.empty() || text.size() > label_bytes_max) return false;
    for (const char c : text)
        if (!is_letter_or_digit(c) && c != '-') return false;
    return text.front() != '-' && text.back() != '-';
}

template <typename Part>
bool are_joined_by_dots(std::string_view text, Part&& is_part) {
    // Part by part, so that an empty one (two dots, or one at an end) is met as a part that fails.
    while (true) {
        const auto dot = text.find('.');
        if (!is_part(text.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        text.remove_prefix(dot + 1);
    }
}

} // namespace

domain::email_fingerprint fingerprint_of(std::string_view address, const fingerprint_key& key) {
    domain::email_fingerprint fingerprint{};
    // A plain hash of an address could be found by hashing all addresses that somebody can think
    // of.
    unsigned length = 0;
    const auto* bytes = reinterpret_cast<const unsigned char*>(address.data());
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes, address.size(),
             fingerprint.data(), &length) == nullptr)
        throw std::runtime_error("HMAC-SHA-256 is not available");
    return fingerprint;
}

std::string to_text(const domain::email_fingerprint& fingerprint) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const auto byte : fingerprint) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

bool is_email_address(std::string_view text) {
    if (text.size() > address_bytes_max) return false;
    // The first: a dot-atom has none, so what is behind a second fails as a label.
    const auto at = text.find('@');
    if (at == std::string_view::npos || at > local_part_bytes_max) return false;
    return are_joined_by_dots(text.substr(0, at), is_atom) &&
           are_joined_by_dots(text.substr(at + 1), is_label);
}

} // namespace datadrop::eventstore
