#pragma once
// What the owner of a database may set for it, of all that changes what SQL means, how values are
// written, how long anything may take, or by which ways a statement is carried out.

#include "tests/support/database.hpp"

#include <span>
#include <string_view>

namespace datadrop::test {

/// One or more of PostgreSQL's settings that work together, as ALTER DATABASE … SET takes them,
/// joined by "; ". All of them may be set at once.
std::span<const std::string_view> hostile_settings();

/// For every session that begins from now on. False when the server knows none of them.
bool set_hostile(const scratch_database& database, std::string_view settings);

/// All of them.
void set_hostile(const scratch_database& database);

} // namespace datadrop::test
