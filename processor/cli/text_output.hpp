#pragma once
// Numbers and the server's JSON in words, for a person at a terminal. Fields that are not there are
// left out, so a newer server's answers can be read too. Pure; every thread.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace datadrop::processor::cli {

/// "12,345", of a number that is not negative.
std::string grouped(std::int64_t number);

/// A field as text: numbers in digits, null and absent as "".
std::string field_text(const boost::json::object& from, std::string_view name);

/// "accepted   288… 803…  Verified at version 7, position 10423 (2 attempts)".
std::string outcome_line(const boost::json::object& outcome);

/// An event of a history or of the feed.
std::string event_line(const boost::json::object& event);

/// The fields of an object that are neither object nor array, a line each, names aligned.
std::string field_lines(const boost::json::object& from);

struct column {
    std::string title;
    std::string field;
};

/// A row an object, columns aligned, with titles; "none\n" without rows.
std::string table(std::span<const column> columns, const boost::json::array& rows);

} // namespace datadrop::processor::cli
