#pragma once
// A dead letter in words, for a person at a terminal. Fields that are not there are left out, so a
// newer or an older server's answers can be read too. Pure; every thread.

#include <boost/json/object.hpp>

#include <chrono>
#include <string>

namespace datadrop::processor::cli {

/// Whole: why it is there in the first line, then what the command brought, the attempts and who
/// had won, what operators did, where the member stands and what happened since.
std::string letter_text(const boost::json::object& letter);

/// What a redrive would do, and what has changed since.
std::string preview_text(const boost::json::object& preview);

/// The row of a list: id, command, member, wanted, now, age, code, status.
boost::json::object letter_row(const boost::json::object& letter,
                               std::chrono::system_clock::time_point now);

/// "3, the oldest for 2 h: retry_budget_spent 3".
std::string counts_line(const boost::json::object& counts,
                        std::chrono::system_clock::time_point now);

} // namespace datadrop::processor::cli
