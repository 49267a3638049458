#pragma once
// An array of rows of one composite type, as a statement's parameter in PostgreSQL's binary format
// (array_recv, record_recv): a fraction of the server's work for as many arrays as there are
// columns, and nothing to quote. Pure; one thread at a time.

#include "domain/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace datadrop::eventstore::postgres {

/// Each row is started, and then has as many columns as the type, each of the type that it has
/// there.
class records {
  public:
    /// `type` is its name, schema and all; the session asks the server for its number.
    records(std::string_view type, int columns) : type_(type), columns_(columns) {}

    void start();
    void smallint(std::int64_t value);
    void integer(std::int64_t value);
    void bigint(std::int64_t value);
    void boolean(bool value);
    void text(std::string_view value);
    void maybe_text(const std::optional<std::string>& value);
    void maybe_timestamptz(const std::optional<domain::timestamp>& value);
    void bytea(std::span<const std::uint8_t> value);

    // Nulls.
    void no_smallint();
    void no_bytea();

    const std::string& type() const { return type_; }
    /// The whole, for the type's number (its oid) in this database.
    std::string bytes(std::uint32_t type_number) const;

  private:
    void number(std::uint32_t type_number, std::int64_t value, int bytes);
    void null(std::uint32_t type_number);
    void value(std::uint32_t type_number, std::string_view bytes);
    std::string length_of_last() const;

    std::string type_;
    int columns_;
    std::int64_t rows_ = 0;
    std::size_t row_begins_ = 0;
    std::string bytes_;
};

} // namespace datadrop::eventstore::postgres
