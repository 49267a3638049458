#include "eventstore/postgres/driver/rows.hpp"

#include <charconv>

namespace datadrop::eventstore::postgres {
namespace {

constexpr std::string_view not_bytes = "no bytes in hexadecimal digits";

/// Columns are counted from 1, as people do who look for it in the statement.
unexpected_value unexpected(column c, std::string_view what) {
    return unexpected_value("column " + std::to_string(c.number() + 1) + " of an answer is " +
                            std::string(what));
}

} // namespace

bool rows::is_null(std::size_t row, column c) const { return !texts_->at(row, c.number()); }

std::string_view rows::text(std::size_t row, column c) const {
    const auto found = texts_->at(row, c.number());
    if (!found) throw unexpected(c, "a null where a value is");
    return *found;
}

std::int64_t rows::number(std::size_t row, column c) const {
    const auto digits = text(row, c);
    std::int64_t value = 0;
    // The whole text: 12a, 1.5 or a sum that became numeric are not read as what they begin with.
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size())
        throw unexpected(c, "no number");
    return value;
}

bool rows::flag(std::size_t row, column c) const {
    const auto word = text(row, c);
    if (word != "t" && word != "f") throw unexpected(c, "no flag");
    return word == "t";
}

std::vector<std::uint8_t> rows::bytes(std::size_t row, column c) const {
    // bytea_output is set at the start of a session; in another form the value would be another.
    auto digits = text(row, c);
    if (!digits.starts_with("\\x") || digits.size() % 2 != 0) throw unexpected(c, not_bytes);
    digits.remove_prefix(2);
    std::vector<std::uint8_t> value(digits.size() / 2);
    for (std::size_t i = 0; i < value.size(); ++i) {
        // Both digits have to be taken: from_chars is content with the first when the second is
        // none.
        const auto* pair = digits.data() + 2 * i;
        const auto [end, error] = std::from_chars(pair, pair + 2, value[i], 16);
        if (error != std::errc{} || end != pair + 2) throw unexpected(c, not_bytes);
    }
    return value;
}

domain::timestamp rows::time(std::size_t row, column c) const {
    return domain::time_of(number(row, c));
}

std::optional<std::string> rows::maybe_text(std::size_t row, column c) const {
    if (is_null(row, c)) return std::nullopt;
    return std::string(text(row, c));
}

std::optional<std::int64_t> rows::maybe_number(std::size_t row, column c) const {
    if (is_null(row, c)) return std::nullopt;
    return number(row, c);
}

std::optional<domain::timestamp> rows::maybe_time(std::size_t row, column c) const {
    if (is_null(row, c)) return std::nullopt;
    return time(row, c);
}

} // namespace datadrop::eventstore::postgres
