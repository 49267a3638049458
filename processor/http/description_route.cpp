// GET /openapi.json: what openapi.json beside this file says, which the program carries with it.

#include "processor/http/description.hpp"
#include "processor/http/routes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <string>

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

reply_later get_description(const call& asked) {
    static const auto tag = quoted_hash(description::openapi);
    auto answer = is_kept(asked.message, tag)
                      ? response{status::not_modified, 11}
                      : make_response(status::ok, json_type, std::string{description::openapi});
    answer.set(field::etag, tag);
    // The next program may say something else at any time.
    answer.set(field::cache_control, "no-cache");
    co_return answer;
}

} // namespace datadrop::processor::http
