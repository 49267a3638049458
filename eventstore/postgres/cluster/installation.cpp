#include "eventstore/postgres/cluster/installation.hpp"

#include "eventstore/postgres/cluster/subprocess.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace datadrop::eventstore::postgres {
namespace fs = std::filesystem;
namespace {

constexpr int version_min = 15;

struct installation {
    fs::path folder;
    int version = 0; // major
};

std::optional<installation> installed_in(const fs::path& folder) {
    std::error_code unreadable;
    if (!fs::exists(folder / "initdb", unreadable)) return std::nullopt;
    // Asked and not told by the folder's name, which on other systems says nothing.
    const auto said = run_tool({.arguments = {folder / "postgres", "--version"}}).output;
    const auto digits = said.find_first_of("0123456789"); // postgres (PostgreSQL) 15.8 (…)
    if (digits == std::string::npos) return std::nullopt;
    installation found{.folder = folder};
    std::from_chars(said.data() + digits, said.data() + said.size(), found.version);
    return found;
}

std::vector<installation> installations() {
    // Debian keeps versions beside each other, and puts none of these programs in the PATH.
    std::vector<fs::path> folders;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", none))
        folders.push_back(entry.path() / "bin");
    if (folders.empty()) { // not a Debian
        auto asked = run_tool({.arguments = {"/usr/bin/env", "pg_config", "--bindir"}});
        if (asked.status == 0)
            folders.emplace_back(asked.output.substr(0, asked.output.find('\n')));
    }
    std::vector<installation> found;
    for (const auto& folder : folders)
        if (auto one = installed_in(folder)) found.push_back(*one);
    std::ranges::sort(found, std::greater{}, &installation::version);
    return found;
}

} // namespace

fs::path installed_programs(int version) {
    const auto all = installations();
    if (all.empty() || all.front().version < version_min)
        throw cluster_failure("no PostgreSQL " + std::to_string(version_min) +
                              " or later is installed: apt-get install postgresql");
    // Data are readable for their own major version only.
    if (version == 0) return all.front().folder;
    const auto same = std::ranges::find(all, version, &installation::version);
    if (same == all.end())
        throw cluster_failure("the data were made by PostgreSQL " + std::to_string(version) +
                              ", which is not installed: apt-get install postgresql-" +
                              std::to_string(version));
    return same->folder;
}

} // namespace datadrop::eventstore::postgres
