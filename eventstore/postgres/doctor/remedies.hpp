#pragma once
// How a remedy is written. Pure; every thread.

#include "eventstore/postgres/doctor/facts.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace datadrop::eventstore::postgres::doctor {

/// As an identifier, and as a text, in SQL.
std::string identifier(std::string_view name);
std::string literal(std::string_view text);

/// Gives a setting another value where it has the one that it has from: the role, the database, the
/// server; what neither SQL nor a program can change is said in words.
std::vector<std::string> set(const facts& f, std::string_view name, std::string_view value);

/// "1.5 GB"; "3 days", of seconds.
std::string size_text(std::int64_t bytes);
std::string time_text(std::int64_t seconds);

} // namespace datadrop::eventstore::postgres::doctor
