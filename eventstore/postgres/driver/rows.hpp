#pragma once
// The rows of an answer. A value is read by its row and the name of its column: an enumerator of
// those that whoever reads has for the statement, in the statement's order. One thread at a time.

#include "domain/ids.hpp"
#include "eventstore/postgres/driver/unexpected_value.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace datadrop::eventstore::postgres {

/// Which column, from 0: an enumerator, or the number itself. Columns that are the same in several
/// answers have an enum of their own, and are reached from the first of them on: `first + name`.
class column {
  public:
    constexpr column(int number) : number_(number) {}
    template <typename Name>
        requires std::is_enum_v<Name>
    constexpr column(Name name) : number_(static_cast<int>(name)) {}

    constexpr int number() const { return number_; }
    friend constexpr column operator+(column first, column name) {
        return first.number_ + name.number_;
    }

  private:
    int number_;
};

/// Without a column the first, which is the only one of many an answer; without a row the first.
/// What is not of the form that is asked for, such as a null where a value is, throws
/// unexpected_value.
class rows {
  public:
    /// Where the texts stand: a result of libpqxx or of libpq.
    class texts {
      public:
        virtual ~texts() = default;
        virtual std::size_t size() const = 0;
        /// Nothing for a null. Lasts as long as the object.
        virtual std::optional<std::string_view> at(std::size_t row, int column) const = 0;
    };

    rows() = default; // none
    explicit rows(std::unique_ptr<const texts> from) : texts_(std::move(from)) {}

    std::size_t size() const { return texts_ ? texts_->size() : 0; }
    bool is_null(std::size_t row = 0, column c = 0) const;
    std::string_view text(std::size_t row = 0, column c = 0) const;
    std::int64_t number(std::size_t row = 0, column c = 0) const;
    bool flag(std::size_t row = 0, column c = 0) const;
    std::vector<std::uint8_t> bytes(std::size_t row = 0, column c = 0) const;
    /// Of a statement that converts it with datadrop.micros.
    domain::timestamp time(std::size_t row = 0, column c = 0) const;
    std::optional<std::string> maybe_text(std::size_t row = 0, column c = 0) const;
    std::optional<std::int64_t> maybe_number(std::size_t row = 0, column c = 0) const;
    std::optional<domain::timestamp> maybe_time(std::size_t row = 0, column c = 0) const;

  private:
    std::unique_ptr<const texts> texts_;
};

} // namespace datadrop::eventstore::postgres
