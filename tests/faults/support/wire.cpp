#include "tests/faults/support/wire.hpp"

#include <boost/endian/conversion.hpp>

#include <cstdint>
#include <cstring>

namespace datadrop::test {
namespace {

constexpr std::size_t length_bytes = 4;

constexpr char parse = 'P';
constexpr char bind = 'B';
constexpr char query = 'Q';
constexpr char sync = 'S';
constexpr char ready_for_query = 'Z';

std::size_t length_at(const char* bytes) {
    std::uint32_t length = 0;
    std::memcpy(&length, bytes, sizeof length);
    return boost::endian::big_to_native(length);
}

/// The text up to its NUL, taken off the body.
std::string take_text(std::string_view& body) {
    const auto end = body.find('\0');
    std::string text(body.substr(0, end));
    body.remove_prefix(end == body.npos ? body.size() : end + 1);
    return text;
}

} // namespace

std::string_view wire_message::body() const {
    return std::string_view(bytes).substr(length_bytes + (type == 0 ? 0 : 1));
}

std::optional<wire_message> message_splitter::next() {
    const std::size_t letter = awaits_first_ ? 0 : 1;
    if (pending_.size() < letter + length_bytes) return std::nullopt;
    const auto whole = letter + length_at(pending_.data() + letter);
    if (pending_.size() < whole) return std::nullopt;
    wire_message m{.type = awaits_first_ ? '\0' : pending_.front(),
                   .bytes = pending_.substr(0, whole)};
    pending_.erase(0, whole);
    awaits_first_ = false;
    return m;
}

std::optional<std::string> statement_reader::begun_by(const wire_message& m) {
    auto body = m.body();
    if (m.type == query) return take_text(body);
    if (m.type == parse) {
        auto name = take_text(body);
        prepared_[std::move(name)] = take_text(body);
    }
    if (m.type != bind) return std::nullopt;
    take_text(body); // the portal
    const auto found = prepared_.find(take_text(body));
    return found == prepared_.end() ? std::nullopt : std::optional(found->second);
}

bool ends_request(const wire_message& m) { return m.type == query || m.type == sync; }
bool ends_answer(const wire_message& m) { return m.type == ready_for_query; }

} // namespace datadrop::test
