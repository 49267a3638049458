#pragma once
// A backup and its restore, with PostgreSQL's own tools.

#include <string>
#include <vector>

namespace datadrop::test {

/// Brings what pg_dump says of a database into another one, which is empty. Blocks; every thread.
/// Throws std::runtime_error, with what the tool said.
void restore_dump(const std::string& of, const std::string& into);

/// Brings what pg_restore, told `how`, takes of the data alone into a database with a schema. What
/// the tool complains about on its way is as it may be.
void restore_data(const std::string& of, const std::string& into,
                  const std::vector<std::string>& how = {});

} // namespace datadrop::test
