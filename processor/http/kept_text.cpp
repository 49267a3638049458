#include "processor/http/kept_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

namespace datadrop::processor::http {

namespace {

std::string quoted_hash(std::string_view text) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash.data());
    return fmt::format("\"{:02x}\"", fmt::join(hash, ""));
}

/// Whether a client says that it has this one, in a list of tags, weak ones too (RFC 9110, 13.1.2).
bool is_kept(const request& asked, std::string_view tag) {
    const auto [first, last] = asked.equal_range(field::if_none_match);
    return std::any_of(first, last, [tag](const auto& line) {
        return line.value() == "*" || line.value().find(tag) != std::string_view::npos;
    });
}

} // namespace

kept_text::kept_text(std::string_view text, std::string_view type)
    : text_(text), type_(type), tag_(quoted_hash(text)) {}

response kept_text::answer(const request& asked) const {
    auto answer = is_kept(asked, tag_) ? response{status::not_modified, 11}
                                       : make_response(status::ok, type_, std::string{text_});
    answer.set(field::etag, tag_);
    // The next program may say something else at any time.
    answer.set(field::cache_control, "no-cache");
    return answer;
}

} // namespace datadrop::processor::http
