#include "eventstore/postgres/driver/copy_format.hpp"

#include "eventstore/postgres/driver/unexpected_value.hpp"

#include <boost/endian/conversion.hpp>

namespace datadrop::eventstore::postgres {
namespace {

/// The signature, no flags, no extension.
constexpr std::string_view header{"PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19};

/// PostgreSQL counts from 2000.
constexpr auto epoch = domain::time_of(946'684'800'000'000);

template <typename Integer>
Integer big_endian(std::span<const char> bytes) {
    return boost::endian::endian_load<Integer, sizeof(Integer), boost::endian::order::big>(
        reinterpret_cast<const unsigned char*>(bytes.data()));
}

template <typename Integer>
Integer take(std::span<const char>& from) {
    if (from.size() < sizeof(Integer)) throw unexpected_value("a copied row breaks off");
    const auto value = big_endian<Integer>(from);
    from = from.subspan(sizeof(Integer));
    return value;
}

std::int64_t number_in(std::span<const char> bytes) {
    // By the length, so that a statement may say smallint or bigint without the reader's knowing.
    switch (bytes.size()) {
    case 2:
        return big_endian<std::int16_t>(bytes);
    case 4:
        return big_endian<std::int32_t>(bytes);
    case 8:
        return big_endian<std::int64_t>(bytes);
    default:
        throw unexpected_value("no number in a copied column of numbers");
    }
}

} // namespace

void put_big_endian(std::string& to, std::int64_t value, int bytes) {
    // The low bytes are the last ones then, and negative numbers keep their sign in fewer of them.
    const auto all = boost::endian::native_to_big(value);
    const auto size = static_cast<std::size_t>(bytes);
    to.append(reinterpret_cast<const char*>(&all) + sizeof all - size, size);
}

std::int64_t micros_since_2000(domain::timestamp t) { return (t - epoch).count(); }

// ---- copied_row

std::optional<std::span<const char>> copied_row::column() {
    // The lengths come from the server, and are not trusted to stay within its message.
    const auto length = take<std::int32_t>(rest_);
    if (length < 0) return std::nullopt;
    const auto size = static_cast<std::size_t>(length);
    if (rest_.size() < size) throw unexpected_value("a copied row breaks off");
    const auto bytes = rest_.first(size);
    rest_ = rest_.subspan(size);
    return bytes;
}

std::span<const char> copied_row::value() {
    if (const auto bytes = column()) return *bytes;
    throw unexpected_value("a null where a value was expected");
}

std::int64_t copied_row::number() { return number_in(value()); }

bool copied_row::flag() {
    const auto bytes = value();
    if (bytes.size() != 1 || (bytes.front() != 0 && bytes.front() != 1))
        throw unexpected_value("no flag in a copied column of flags");
    return bytes.front() != 0;
}

domain::timestamp copied_row::time() { return epoch + std::chrono::microseconds{number()}; }

std::string_view copied_row::text() {
    const auto bytes = value();
    return {bytes.data(), bytes.size()};
}

std::optional<std::int64_t> copied_row::maybe_number() {
    const auto bytes = column();
    return bytes ? std::optional(number_in(*bytes)) : std::nullopt;
}

std::optional<std::span<const std::uint8_t>> copied_row::maybe_bytes() {
    const auto bytes = column();
    if (!bytes) return std::nullopt;
    return std::span(reinterpret_cast<const std::uint8_t*>(bytes->data()), bytes->size());
}

// ---- copied_rows

copied_rows::copied_rows() : bytes_(header) {}

void copied_rows::start_row(int columns) { put_big_endian(bytes_, columns, 2); }

void copied_rows::timestamptz(domain::timestamp value) { bigint(micros_since_2000(value)); }

void copied_rows::text(std::string_view value) {
    put_big_endian(bytes_, static_cast<std::int64_t>(value.size()), 4);
    bytes_ += value;
}

std::string copied_rows::bytes() && {
    put_big_endian(bytes_, -1, 2); // a row of -1 columns: the end
    return std::move(bytes_);
}

void copied_rows::number(std::int64_t value, int bytes) {
    put_big_endian(bytes_, bytes, 4);
    put_big_endian(bytes_, value, bytes);
}

// ---- messages

std::size_t copy_header_size(std::span<const char> message) {
    // A server of another version that had flags or an extension to tell would be misread.
    const std::string_view text(message.data(), message.size());
    if (!text.starts_with(header)) throw unexpected_value("not a COPY in the binary format");
    return header.size();
}

std::optional<copied_row> row_at(std::span<const char> message) {
    if (take<std::int16_t>(message) < 0) return std::nullopt;
    return copied_row(message);
}

} // namespace datadrop::eventstore::postgres
