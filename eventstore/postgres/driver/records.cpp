#include "eventstore/postgres/driver/records.hpp"

#include "eventstore/postgres/driver/copy_format.hpp"

namespace datadrop::eventstore::postgres {
namespace {

// Numbers of the types that every PostgreSQL has (pg_type.dat).
constexpr std::uint32_t bool_type = 16;
constexpr std::uint32_t bytea_type = 17;
constexpr std::uint32_t bigint_type = 20;
constexpr std::uint32_t smallint_type = 21;
constexpr std::uint32_t integer_type = 23;
constexpr std::uint32_t text_type = 25;
constexpr std::uint32_t timestamptz_type = 1184;

constexpr std::size_t length_bytes = 4;

} // namespace

/// A row is its length, the number of its columns, and of each its type, its length (-1 for null)
/// and its bytes. The length is known once the row has ended: at the next, or at the end.
void records::start() {
    if (rows_++ > 0) bytes_.replace(row_begins_, length_bytes, length_of_last());
    row_begins_ = bytes_.size();
    bytes_.append(length_bytes, '\0');
    put_big_endian(bytes_, columns_, 4);
}

std::string records::length_of_last() const {
    std::string length;
    put_big_endian(length, static_cast<std::int64_t>(bytes_.size() - row_begins_ - length_bytes),
                   4);
    return length;
}

/// One dimension, counted from 1; none when there is no row.
std::string records::bytes(std::uint32_t type_number) const {
    constexpr std::size_t header_bytes_max = 20; // five numbers of four bytes
    std::string whole;
    whole.reserve(header_bytes_max + bytes_.size());
    put_big_endian(whole, rows_ > 0 ? 1 : 0, 4);
    put_big_endian(whole, 0, 4); // no row is null
    put_big_endian(whole, type_number, 4);
    if (rows_ == 0) return whole;
    put_big_endian(whole, rows_, 4);
    put_big_endian(whole, 1, 4);
    const auto last = whole.size() + row_begins_;
    whole += bytes_;
    return whole.replace(last, length_bytes, length_of_last());
}

void records::smallint(std::int64_t value) { number(smallint_type, value, 2); }
void records::integer(std::int64_t value) { number(integer_type, value, 4); }
void records::bigint(std::int64_t value) { number(bigint_type, value, 8); }
void records::boolean(bool value) { number(bool_type, value ? 1 : 0, 1); }
void records::no_smallint() { null(smallint_type); }
void records::no_bytea() { null(bytea_type); }

void records::text(std::string_view value_) { value(text_type, value_); }

void records::maybe_text(const std::optional<std::string>& value) {
    value ? text(*value) : null(text_type);
}

void records::maybe_timestamptz(const std::optional<domain::timestamp>& value) {
    value ? number(timestamptz_type, micros_since_2000(*value), 8) : null(timestamptz_type);
}

void records::bytea(std::span<const std::uint8_t> bytes) {
    value(bytea_type, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

void records::number(std::uint32_t type_number, std::int64_t value, int bytes) {
    put_big_endian(bytes_, type_number, 4);
    put_big_endian(bytes_, bytes, 4);
    put_big_endian(bytes_, value, bytes);
}

/// A null has a type, too: record_recv compares it with the column's before it looks at the length.
void records::null(std::uint32_t type_number) {
    put_big_endian(bytes_, type_number, 4);
    put_big_endian(bytes_, -1, 4);
}

void records::value(std::uint32_t type_number, std::string_view bytes) {
    put_big_endian(bytes_, type_number, 4);
    put_big_endian(bytes_, static_cast<std::int64_t>(bytes.size()), 4);
    bytes_ += bytes;
}

} // namespace datadrop::eventstore::postgres
