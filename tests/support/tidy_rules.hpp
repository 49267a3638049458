#pragma once
// The house rules that a program can check in the sources as text. Each looks at one file and says
// what is wrong with it, "path:line: what"; nothing when all is well.

#include <string>
#include <vector>

namespace datadrop::test {

struct source_file {
    std::string path; // from the root of the repository
    std::string text;
};

using findings = std::vector<std::string>;

/// A folder includes only those before it (domain, eventstore, projections, processor and its rooms
/// core, service, http, cli), and all includes start at the root of the repository.
findings check_layers(const source_file& file);

/// libpqxx behind the session; nothing but the standard library in the domain; no I/O in the core.
findings check_libraries(const source_file& file);

/// Lines of a file and characters of a line.
findings check_length(const source_file& file);

/// Notes to self do not stay.
findings check_leftovers(const source_file& file);

/// A header starts with its guard and says what it is for.
findings check_opening(const source_file& file);

/// A .cpp below tests is in a program: its name says what it needs, or it is in a
/// support folder. `cmake` is
/// the text of tests/CMakeLists.txt, which names the folders.
findings check_test_is_built(const source_file& file, const std::string& cmake);

/// The entries of the top level, by name; dot-files and git's own folder are free.
findings check_top_level(const std::vector<std::string>& entries);

} // namespace datadrop::test
