#pragma once
// A database whose owner has set everything that decides how values are written and read otherwise.

#include "tests/support/database.hpp"

#include <string_view>

namespace datadrop::test {

/// For every session that begins from now on.
void set_hostile(const scratch_database& database);

} // namespace datadrop::test
