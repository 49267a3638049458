#include "eventstore/postgres/driver/params.hpp"

#include <charconv>
#include <utility>

namespace datadrop::eventstore::postgres {
namespace {

std::string hex(std::span<const std::uint8_t> bytes) {
    // What PostgreSQL takes whatever bytea_output says, which is for answers.
    static constexpr char digits[] = "0123456789abcdef";
    std::string text = "\\x";
    for (const auto byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

} // namespace

// ---- params

params& params::add(std::int64_t value) { return add_literal(std::to_string(value)); }
params& params::add(std::string_view value) { return add_literal(std::string(value)); }
params& params::add(const std::optional<std::string>& value) {
    values_.push_back(value);
    return *this;
}
params& params::add_null() {
    values_.emplace_back(std::nullopt);
    return *this;
}
params& params::add_bytes(std::span<const std::uint8_t> value) { return add_literal(hex(value)); }
params& params::add_literal(std::string literal) {
    values_.emplace_back(std::move(literal));
    return *this;
}

params& params::add(records rows) {
    // Their bytes need the type's number, which the session knows; the place is kept for them.
    binary_.emplace(values_.size(), std::move(rows));
    return add_literal({});
}

// ---- array

void array::separate() {
    if (text_.size() > 1) text_ += ',';
}
array& array::add(std::int64_t value) {
    separate();
    char digits[24]; // without a string for each of thousands
    const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), value);
    text_.append(digits, end);
    return *this;
}
array& array::add(std::string_view value) {
    // Always quoted: NULL, an empty text or a comma mean something else without.
    separate();
    text_ += '"';
    for (const char c : value) {
        if (c == '"' || c == '\\') text_ += '\\';
        text_ += c;
    }
    text_ += '"';
    return *this;
}
array& array::add(const std::optional<std::string>& value) {
    return value ? add(std::string_view(*value)) : add_null();
}
array& array::add_null() {
    separate();
    text_ += "NULL";
    return *this;
}
array& array::add_bytes(std::span<const std::uint8_t> value) {
    return add(std::string_view(hex(value)));
}

} // namespace datadrop::eventstore::postgres
