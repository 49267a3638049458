#pragma once
// A backup and its restore, with PostgreSQL's own tools.

#include <string>

namespace datadrop::test {

/// Brings what pg_dump says of a database into another one, which is empty. Blocks; every thread.
/// Throws std::runtime_error, with what the tool said.
void restore_dump(const std::string& of, const std::string& into);

} // namespace datadrop::test
