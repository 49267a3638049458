#include "tests/support/tidy_rules.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <optional>
#include <sstream>
#include <string_view>

namespace datadrop::test {
namespace {

using std::string_view_literals::operator""sv;

/// In the order of who may use whom: each those before it. Tests and main may use all.
constexpr std::array layers{"domain/"sv,
                            "schemas/"sv,
                            "eventstore/postgres/driver/"sv, // which knows nothing of the log
                            "eventstore/postgres/cluster/"sv,
                            "eventstore/"sv,
                            "projections/"sv,
                            "processor/core/"sv,
                            "processor/service/"sv,
                            "processor/http/"sv,
                            "processor/cli/"sv,
                            "processor/trials/"sv};

/// What has a place beside the layers. A room's tests are in the same place below tests/, a folder
/// of tests may have a support/ and that a program/, and below a room's sql/ are folders at will.
constexpr std::array rooms{""sv,
                           ".ci/"sv,
                           "findings/"sv,
                           "eventstore/memory/"sv,
                           "eventstore/postgres/"sv,
                           "eventstore/postgres/doctor/"sv,
                           "processor/"sv,
                           "processor/panel/"sv,
                           "processor/panel/src/"sv,
                           "processor/deploy/"sv,
                           "processor/trials/bench/"sv,
                           "processor/trials/bench/loads/"sv,
                           "processor/trials/bench/report/"sv,
                           "processor/trials/bench/rows/"sv,
                           "processor/trials/bench/runs/"sv,
                           "processor/trials/children/"sv,
                           "processor/trials/demo/"sv,
                           "tests/bench/"sv,
                           "tests/browser/"sv,
                           "tests/browser/pictures/"sv,
                           "tests/drills/"sv,
                           "tests/e2e/"sv,
                           "tests/eventstore/schemas_frozen/"sv,
                           "tests/faults/"sv,
                           "tests/fuzz/"sv,
                           "tests/node/"sv,
                           "tests/sim/"sv,
                           "tests/sim/support/model/"sv,
                           "tests/support/"sv,
                           "tests/tidy/"sv};

constexpr auto tests = "tests/"sv;
constexpr auto statements = "sql/"sv;

std::optional<std::size_t> layer_of(std::string_view path) {
    const auto found = std::ranges::find_if(
        layers, [&](std::string_view layer) { return path.starts_with(layer); });
    if (found == layers.end()) return std::nullopt;
    return static_cast<std::size_t>(found - layers.begin());
}

std::string_view folder_of(std::string_view path) { return path.substr(0, path.rfind('/') + 1); }

/// Of a folder below another, the one that it is in.
std::string_view above(std::string_view folder) {
    return folder_of(folder.substr(0, folder.size() - 1));
}

bool is_room(std::string_view folder) {
    if (std::ranges::find(layers, folder) != layers.end()) return true;
    if (std::ranges::find(rooms, folder) != rooms.end()) return true;
    // Packages of other languages have the folders that are usual there.
    if (folder.starts_with("processor/clients/")) return true;
    if (!folder.starts_with(tests)) return false;
    if (is_room(folder.substr(tests.size()))) return true;
    if (above(folder) == "tests/fuzz/corpus/"sv) return true;
    const bool helps = folder.ends_with("/support/") || folder.ends_with("/support/program/");
    return helps && is_room(above(folder));
}

/// Whether a folder of statements belongs to a room.
bool is_statements(std::string_view folder) {
    const auto at = folder.find(statements);
    return at != folder.npos && is_room(folder.substr(0, at));
}

bool is_cpp(const source_file& file) { return file.path.ends_with(".cpp"); }
bool is_header(const source_file& file) { return file.path.ends_with(".hpp"); }
bool is_code(const source_file& file) { return is_cpp(file) || is_header(file); }
bool is_statement(const source_file& file) { return file.path.ends_with(".sql"); }
/// A migration stays as it was first run.
bool is_frozen(const source_file& file) {
    return file.path.starts_with("eventstore/sql/migrations/");
}

using on_line = std::function<void(std::size_t number, const std::string& line)>;

void for_each_line(const source_file& file, const on_line& look) {
    std::istringstream lines(file.text);
    std::string line;
    for (std::size_t number = 1; std::getline(lines, line); ++number)
        look(number, line);
}

std::string at(const source_file& file, std::size_t line) {
    return file.path + ":" + std::to_string(line) + ": ";
}

bool is_sql(std::string_view name) { return name.find("/sql/") != name.npos; }

bool may_include(std::string_view path, std::string_view name) {
    // Statements belong to all that is below their top folder and to its tests, to nobody else.
    if (is_sql(name)) {
        if (path.starts_with("tests/")) path.remove_prefix("tests/"sv.size());
        return path.starts_with(name.substr(0, name.find('/') + 1));
    }
    const auto own = layer_of(path);
    const auto theirs = layer_of(name);
    if (!own) return true;
    const bool is_domain = *own == 0; // which knows no schemas, and has nothing else before it
    return theirs && (is_domain ? *theirs == *own : *theirs <= *own);
}

/// Libraries that reach a socket, a file, a clock or a thread; <…/…> and <….h> are not the standard
/// library's.
bool is_foreign(std::string_view name) { return name.find_first_of("/.") != name.npos; }
bool does_io(std::string_view name) {
    constexpr std::array doing{"boost/asio"sv, "boost/beast"sv, "pqxx"sv, "spdlog"sv, "sys/"sv};
    return name.ends_with(".h") ||
           std::ranges::any_of(doing, [&](auto start) { return name.starts_with(start); });
}

/// What an include line names; `opening` is a quote or an angle bracket.
std::optional<std::string_view> included(std::string_view line, char opening) {
    constexpr auto directive = "#include "sv;
    if (!line.starts_with(directive) || line.size() <= directive.size()) return std::nullopt;
    line.remove_prefix(directive.size());
    if (line.front() != opening) return std::nullopt;
    line.remove_prefix(1);
    return line.substr(0, line.find_first_of("\">"));
}

std::size_t characters_in(std::string_view utf8) {
    return static_cast<std::size_t>(std::ranges::count_if(
        utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

} // namespace

findings check_layers(const source_file& file) {
    findings found;
    for_each_line(file, [&](std::size_t number, const std::string& line) {
        const auto name = included(line, '"');
        if (!name) return;
        const bool at_root = layer_of(*name) || is_sql(*name) || name->starts_with("tests/");
        if (!at_root)
            found.push_back(at(file, number) + "an include starts at the root");
        else if (!may_include(file.path, *name))
            found.push_back(at(file, number) + "includes another layer's " + std::string(*name));
    });
    return found;
}

findings check_libraries(const source_file& file) {
    findings found;
    const bool domain = file.path.starts_with("domain/");
    const bool core = file.path.starts_with("processor/core/");
    for_each_line(file, [&](std::size_t number, const std::string& line) {
        const auto ours = included(line, '"').value_or(""sv);
        const auto foreign = included(line, '<').value_or(""sv);
        if (foreign.starts_with("pqxx") && file.path != "eventstore/postgres/driver/session.cpp")
            found.push_back(at(file, number) + "only the session includes libpqxx");
        if (domain && is_foreign(foreign))
            found.push_back(at(file, number) + "the domain uses the standard library alone");
        if (core && (does_io(foreign) || ours.starts_with("eventstore/postgres/")))
            found.push_back(at(file, number) + "the core does no I/O");
    });
    return found;
}

findings check_length(const source_file& file) {
    constexpr std::size_t source_lines_max = 400;
    constexpr std::size_t header_lines_max = 150;
    constexpr std::size_t line_characters_max = 100;
    if (!is_code(file) && !(is_statement(file) && !is_frozen(file))) return {};
    findings found;
    std::size_t lines = 0;
    for_each_line(file, [&](std::size_t number, const std::string& line) {
        lines = number;
        if (characters_in(line) > line_characters_max)
            found.push_back(at(file, number) + "over 100 characters");
    });
    const auto lines_max = is_header(file) ? header_lines_max : source_lines_max;
    if (is_code(file) && lines > lines_max)
        found.push_back(at(file, lines) + "over " + std::to_string(lines_max) + " lines");
    return found;
}

findings check_leftovers(const source_file& file) {
    // Written apart, so that this file has none of them.
    const std::array words{std::string("TO") + "DO", std::string("FIX") + "ME"};
    findings found;
    for_each_line(file, [&](std::size_t number, const std::string& line) {
        for (const auto& word : words)
            if (line.find(word) != std::string::npos)
                found.push_back(at(file, number) + "a leftover " + word);
    });
    return found;
}

findings check_awaits(const source_file& file) {
    if (!is_cpp(file)) return {};
    constexpr auto await = "co_await"sv;
    const std::string_view text = file.text;
    for (auto i = text.find(await); i != text.npos; i = text.find(await, i + await.size())) {
        const auto before = text.find_last_of(";{}?", i);
        if (before != text.npos && text[before] == '?')
            return {at(file,
                       static_cast<std::size_t>(1 + std::ranges::count(text.substr(0, i), '\n'))) +
                    "co_await in a conditional expression, whose value GCC 12 destroys twice"};
    }
    return {};
}

findings check_opening(const source_file& file) {
    if (!is_header(file) || file.text.starts_with("#pragma once\n// ")) return {};
    return {at(file, 1) + "a header begins with #pragma once and what it is for"};
}

findings check_room(const source_file& file) {
    const auto folder = folder_of(file.path);
    if (is_statement(file)) {
        if (is_statements(folder)) return {};
        return {at(file, 1) + "a statement outside a room's sql folder"};
    }
    if (!is_room(folder)) return {at(file, 1) + "its folder is neither a layer nor a room"};
    // Here, as in tests, all may be included: it is the place of main and of nothing else.
    const bool is_shared = folder == "processor/" && is_code(file);
    if (is_shared && !file.path.ends_with("/main.cpp") && !file.path.ends_with("/boost_code.cpp"))
        return {at(file, 1) + "not in one of the processor's rooms"};
    return {};
}

findings check_compiled(const source_file& file, const std::vector<compiled>& all) {
    if (!is_cpp(file)) return {};
    const std::string_view path = file.path;
    const auto is_in = [&](std::string_view target_ending) {
        return std::ranges::any_of(all, [&](const compiled& one) {
            return one.path == path && one.target.ends_with(target_ending);
        });
    };
    // The programs of a need are named for it, and registered as tests of it.
    constexpr std::array needs{"_test"sv,    "_pgtest"sv,    "_e2etest"sv,
                               "_simtest"sv, "_faulttest"sv, "_benchtest"sv};
    const auto name = path.substr(0, path.size() - ".cpp"sv.size());
    const auto need = std::ranges::find_if(needs, [&](auto one) { return name.ends_with(one); });
    if (need != needs.end() && !is_in(*need))
        return {at(file, 1) + "a test that is in no program of its need"};
    if (name.ends_with("_fuzz") && !is_in("fuzz_test"))
        return {at(file, 1) + "a fuzz target that is in no test"};
    if (!is_in("")) return {at(file, 1) + "in no program"};

    const bool is_named = need != needs.end() || name.ends_with("_fuzz") || name.ends_with("_soak");
    if (path.starts_with(tests) && !is_named && path.find("/support/") == path.npos)
        return {at(file, 1) + "neither a test by its name nor support"};
    return {};
}

findings check_top_level(const std::vector<std::string>& entries) {
    constexpr std::array agreed{"CMakeLists.txt"sv, "CMakePresets.json"sv,
                                "README.md"sv,      "dev"sv,
                                "schemas"sv,        "domain"sv,
                                "eventstore"sv,     "projections"sv,
                                "processor"sv,      "tests"sv,
                                "findings"sv,       "build"sv};
    findings found;
    for (const auto& entry : entries)
        if (!entry.starts_with('.') && std::ranges::find(agreed, entry) == agreed.end())
            found.push_back(entry + ": not an agreed entry of the top level");
    return found;
}

} // namespace datadrop::test
