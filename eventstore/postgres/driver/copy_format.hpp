#pragma once
// Rows as COPY carries them in its binary format, in and out: a third of the server's work for the
// text format, and nothing to parse. A row is the number of its columns (16 bits) and for each
// column its length in bytes (32 bits, -1 for null) and that many bytes; numbers are big-endian.
// Pure; one thread at a time.

#include "domain/ids.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace datadrop::eventstore::postgres {

/// Puts the last `bytes` bytes of a number behind a text, the highest first.
void put_big_endian(std::string& to, std::int64_t value, int bytes);

/// A time as its bytes are counted: microseconds since 2000.
std::int64_t micros_since_2000(domain::timestamp t);

/// A row that came out: every column is read, in order. Throws unexpected_value for a column that
/// is not what is asked for.
class copied_row {
  public:
    explicit copied_row(std::span<const char> rest) : rest_(rest) {}

    std::int64_t number(); // smallint, integer, bigint
    bool flag();
    domain::timestamp time(); // timestamptz
    std::string_view text();
    std::optional<std::int64_t> maybe_number();
    std::optional<std::span<const std::uint8_t>> maybe_bytes();

    /// What is behind the columns that were read.
    std::span<const char> rest() const { return rest_; }

  private:
    std::optional<std::span<const char>> column();
    std::span<const char> value();

    std::span<const char> rest_;
};

/// Rows to put in: start_row, then as many columns, each of the type that the table has.
class copied_rows {
  public:
    copied_rows();

    void start_row(int columns);
    void smallint(std::int64_t value) { number(value, 2); }
    void bigint(std::int64_t value) { number(value, 8); }
    void boolean(bool value) { number(value ? 1 : 0, 1); }
    void timestamptz(domain::timestamp value);
    void text(std::string_view value);

    /// The whole, the end marked.
    std::string bytes() &&;

  private:
    void number(std::int64_t value, int bytes);

    std::string bytes_;
};

/// What stands before the first row of a COPY, in front of the first message.
std::size_t copy_header_size(std::span<const char> message);

/// The columns of the row that begins here; nothing at the end mark.
std::optional<copied_row> row_at(std::span<const char> message);

} // namespace datadrop::eventstore::postgres
