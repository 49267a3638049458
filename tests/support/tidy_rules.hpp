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
/// core, service, http, cli, trials), and all includes start at the root of the repository.
findings check_layers(const source_file& file);

/// libpqxx behind the session; nothing but the standard library in the domain; no I/O in the core.
findings check_libraries(const source_file& file);

/// Lines of a source and characters of a line, in statements too, except in frozen migrations.
findings check_length(const source_file& file);

/// Notes to self do not stay.
findings check_leftovers(const source_file& file);

/// No co_await in a conditional expression: GCC 12 destroys its value twice.
findings check_awaits(const source_file& file);

/// A header starts with its guard and says what it is for.
findings check_opening(const source_file& file);

/// Every folder is a layer or a room that is named among the rules, its tests in the same place
/// below tests/, its statements below its own sql/.
findings check_room(const source_file& file);

/// A source as the build knows it, and the library or program that it is compiled into.
struct compiled {
    std::string path; // from the root of the repository
    std::string target;
};

/// Every .cpp is compiled; and a test, which its name tells, into a program of its need. So none is
/// forgotten for its name or its folder. `all` is what the build compiles.
findings check_compiled(const source_file& file, const std::vector<compiled>& all);

/// The entries of the top level, by name; dot-files and git's own folder are free.
findings check_top_level(const std::vector<std::string>& entries);

} // namespace datadrop::test
