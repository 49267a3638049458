#pragma once
// The values that go with a statement. One thread at a time.

#include "eventstore/postgres/driver/records.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace datadrop::eventstore::postgres {

/// Values for $1, $2, … in order, in PostgreSQL's text format but for records.
class params {
  public:
    params& add(std::int64_t value);
    params& add(std::string_view value);
    params& add(const std::string& value) { return add(std::string_view(value)); }
    params& add(const char* value) { return add(std::string_view(value)); }
    params& add(const std::optional<std::string>& value);
    params& add_null();
    params& add_bytes(std::span<const std::uint8_t> value); // bytea
    /// A finished literal, such as array::text(), as it is.
    params& add_literal(std::string literal);

    params& add(records rows);

    const std::vector<std::optional<std::string>>& values() const { return values_; }
    /// The records, by the place of their parameter; its text is empty.
    const std::map<std::size_t, records>& binary() const { return binary_; }

  private:
    std::vector<std::optional<std::string>> values_;
    std::map<std::size_t, records> binary_;
};

/// Builds an array literal, element by element: {1,NULL,"a \"b\""}.
class array {
  public:
    array& add(std::int64_t value);
    array& add(std::string_view value);
    array& add(const std::string& value) { return add(std::string_view(value)); }
    array& add(const std::optional<std::string>& value);
    array& add_null();
    array& add_bytes(std::span<const std::uint8_t> value);
    std::string text() && { return std::move(text_) + "}"; }

  private:
    void separate();
    std::string text_ = "{";
};

} // namespace datadrop::eventstore::postgres
