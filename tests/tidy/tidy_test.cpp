// The sources keep the house rules; and each rule fires on a sample that breaks it, so that one
// that no longer looks does not pass for a clean house.
#include "tests/support/tidy_rules.hpp"

#include "tests/tidy/support/compiled_sources.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace fs = std::filesystem;
using namespace datadrop::test;

namespace {

const fs::path root = DATADROP_SOURCE;

std::string text_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

source_file read(const fs::path& path) {
    return {.path = fs::relative(path, root).string(), .text = text_of(path)};
}

/// What npm and tsc leave in a package's folder.
bool is_product(const fs::path& folder) {
    return folder.filename() == "node_modules" || folder.filename() == "dist" ||
           folder.filename() == "build";
}

std::vector<source_file> sources_below(const fs::path& top) {
    std::vector<source_file> files;
    for (fs::recursive_directory_iterator entry(top), end; entry != end; ++entry) {
        if (entry->is_directory() && is_product(entry->path())) entry.disable_recursion_pending();
        if (entry->is_regular_file()) files.push_back(read(entry->path()));
    }
    return files;
}

std::vector<source_file> all_sources() {
    std::vector<source_file> files;
    for (const auto* top : {"schemas", "domain", "eventstore", "projections", "processor", "tests",
                            "findings", ".ci"})
        std::ranges::move(sources_below(root / top), std::back_inserter(files));
    for (const auto* name : {"CMakeLists.txt", "CMakePresets.json", "README.md", "dev"})
        files.push_back(read(root / name));
    return files;
}

void check_none(const findings& found) {
    for (const auto& one : found)
        FAIL_CHECK(one);
}

/// Whether the rule finds something in a sample.
template <typename Rule>
bool fires(const Rule& rule, const std::string& path, const std::string& text) {
    return !rule({.path = path, .text = text}).empty();
}

bool is_compiled(const std::string& path, const std::vector<compiled>& all) {
    return check_compiled({.path = path, .text = ""}, all).empty();
}

std::string including(const std::string& name) { return "#include \"" + name + "\"\n"; }

} // namespace

TEST_SUITE_BEGIN("tidy");

TEST_CASE("the sources keep the rules") {
    const auto compiled = compiled_sources(text_of(DATADROP_COMPILE_COMMANDS), root);
    const auto files = all_sources();
    CHECK_GT(files.size(), 50);
    for (const auto& file : files) {
        for (const auto& rule : {check_layers, check_libraries, check_length, check_leftovers,
                                 check_awaits, check_opening, check_room})
            check_none(rule(file));
        check_none(check_compiled(file, compiled));
    }
}

TEST_CASE("the top level holds the agreed entries only") {
    std::vector<std::string> entries;
    for (const auto& entry : fs::directory_iterator(root))
        entries.push_back(entry.path().filename().string());
    check_none(check_top_level(entries));
    CHECK_EQ(check_top_level({".gitignore", "domain", "scripts", "README.md"}),
             findings{"scripts: not an agreed entry of the top level"});
}

TEST_CASE("a layer includes no later one") {
    CHECK(fires(check_layers, "domain/a.cpp", including("eventstore/log.hpp")));
    CHECK(fires(check_layers, "domain/a.cpp", including("schemas/event_generated.h")));
    CHECK(fires(check_layers, "eventstore/postgres/driver/a.cpp", including("eventstore/a.hpp")));
    CHECK(fires(check_layers, "eventstore/postgres/driver/a.cpp",
                including("eventstore/postgres/cluster/a.hpp")));
    CHECK(fires(check_layers, "eventstore/postgres/cluster/a.cpp",
                including("eventstore/postgres/a.hpp")));
    CHECK(fires(check_layers, "eventstore/memory/a.cpp", including("projections/a.hpp")));
    CHECK(fires(check_layers, "projections/a.cpp", including("processor/core/outcome.hpp")));
    CHECK(fires(check_layers, "processor/core/a.cpp", including("processor/service/a.hpp")));
    CHECK(fires(check_layers, "processor/service/a.cpp", including("processor/http/a.hpp")));
    CHECK(fires(check_layers, "processor/http/a.cpp", including("processor/cli/a.hpp")));
    CHECK(fires(check_layers, "processor/cli/a.cpp", including("processor/trials/a.hpp")));
    CHECK(fires(check_layers, "processor/cli/a.cpp", including("tests/support/print.hpp")));
    CHECK(fires(check_layers, "projections/a.cpp", including("eventstore/sql/statements.hpp")));
}

TEST_CASE("a layer includes earlier ones") {
    CHECK_FALSE(
        fires(check_layers, "processor/http/a.cpp", including("processor/service/sql/a.hpp")));
    CHECK_FALSE(fires(check_layers, "eventstore/a.cpp", including("domain/ids.hpp")));
    CHECK_FALSE(fires(check_layers, "eventstore/postgres/cluster/a.cpp",
                      including("eventstore/postgres/driver/a.hpp")));
    CHECK_FALSE(
        fires(check_layers, "eventstore/a.cpp", including("eventstore/postgres/driver/a.hpp")));
    CHECK_FALSE(fires(check_layers, "eventstore/a.cpp", including("schemas/event_generated.h")));
    CHECK_FALSE(fires(check_layers, "tests/e2e/a_e2etest.cpp", including("processor/cli/a.hpp")));
}

TEST_CASE("an include starts at the root of the repository") {
    CHECK(fires(check_layers, "domain/a.cpp", "#include \"ids.hpp\"\n"));
    CHECK(fires(check_layers, "tests/domain/a_test.cpp", "#include \"../support/print.hpp\"\n"));
}

TEST_CASE("a library is included where it belongs only") {
    CHECK(fires(check_libraries, "eventstore/postgres/postgres_log.cpp", "#include <pqxx/pqxx>\n"));
    CHECK(fires(check_libraries, "domain/ids.cpp", "#include <boost/json.hpp>\n"));
    CHECK(fires(check_libraries, "domain/ids.cpp", "#include <unistd.h>\n"));
    CHECK(fires(check_libraries, "processor/core/machine.cpp", "#include <boost/asio.hpp>\n"));
    CHECK(fires(check_libraries, "processor/core/machine.cpp",
                "#include \"eventstore/postgres/driver/session.hpp\"\n"));
    CHECK_FALSE(
        fires(check_libraries, "eventstore/postgres/driver/session.cpp", "#include <pqxx/pqxx>\n"));
    CHECK_FALSE(fires(check_libraries, "domain/ids.cpp", "#include <charconv>\n"));
    CHECK_FALSE(fires(check_libraries, "processor/core/head_cache.hpp",
                      "#include <boost/multi_index_container.hpp>\n"));
}

TEST_CASE("files and lines have a limit") {
    const auto lines = [](std::size_t count) { return std::string(count, '\n'); };
    CHECK(fires(check_length, "domain/a.cpp", lines(401)));
    CHECK(fires(check_length, "domain/a.hpp", lines(151)));
    CHECK(fires(check_length, "domain/a.cpp", std::string(101, 'x')));
    CHECK_FALSE(fires(check_length, "domain/a.cpp", lines(400)));
    CHECK_FALSE(fires(check_length, "domain/a.hpp", lines(150)));
    std::string dashes;
    for (int i = 0; i < 100; ++i)
        dashes += "–"; // three bytes each
    CHECK_FALSE(fires(check_length, "domain/a.cpp", dashes));
    CHECK(fires(check_length, "eventstore/sql/functions/a.sql", std::string(101, ' ')));
    CHECK_FALSE(fires(check_length, "eventstore/sql/functions/a.sql", lines(401)));
    CHECK_FALSE(
        fires(check_length, "eventstore/sql/migrations/V0001__a.sql", std::string(101, ' ')));
}

TEST_CASE("notes to self do not stay") {
    CHECK(fires(check_leftovers, "dev",
                "# TO"
                "DO: later\n"));
    CHECK(fires(check_leftovers, "domain/a.cpp",
                "// FIX"
                "ME\n"));
    CHECK(fires(check_leftovers, "eventstore/sql/functions/a.sql",
                "-- TO"
                "DO: index\n"));
    CHECK_FALSE(fires(check_leftovers, "domain/a.cpp", "// to do so is fine\n"));
}

TEST_CASE("co_await stands in no conditional expression") {
    const auto fires_on = [](std::string text) {
        return fires(check_awaits, "processor/service/a.cpp", text);
    };
    CHECK(fires_on("auto x = able ? co_"
                   "await y() : 0;\n"));
    CHECK(fires_on("auto x = able\n ? 0\n : co_"
                   "await y();\n"));
    CHECK_FALSE(fires_on("auto x = able ? 1 : 0;\nif (x) co_await y();\n"));
}

TEST_CASE("a header says what it is for") {
    CHECK(fires(check_opening, "domain/a.hpp", "#pragma once\n\n#include <string>\n"));
    CHECK(fires(check_opening, "domain/a.hpp", "// What it is for.\n#pragma once\n"));
    CHECK_FALSE(fires(check_opening, "domain/a.hpp", "#pragma once\n// What it is for.\n"));
}

TEST_CASE("a folder is a layer or a room") {
    const auto strays = [](const std::string& path) { return fires(check_room, path, ""); };
    for (const auto* path :
         {"web/a.cpp", "domain/rules/a.cpp", "processor/web/a.cpp", "processor/core/a/a.hpp",
          "processor/a.cpp", "processor/a.hpp", "tests/web/a_test.cpp", "tests/domain/a/a_test.cpp",
          "tests/domain/program/a.cpp", "tests/domain/support/a/a.cpp", "processor/core/a.sql",
          "processor/web/sql/a.sql", "eventstore/sql/functions/a.cpp"}) {
        CAPTURE(path);
        CHECK(strays(path));
    }
    for (const auto* path :
         {"domain/ids.cpp", "eventstore/memory/a.cpp", "processor/main.cpp", "processor/core/a.cpp",
          "processor/trials/bench/loads/a.cpp", "eventstore/sql/functions/a.sql",
          "processor/trials/sql/demo/checks/a.sql", "tests/faults/sql/checks/a.sql",
          "tests/processor/core/a_test.cpp", "tests/eventstore/memory/a_test.cpp",
          "tests/e2e/support/a.cpp", "tests/sim/support/program/a.cpp", "tests/fuzz/corpus/a/1",
          "processor/clients/typescript/src/a.ts"}) {
        CAPTURE(path);
        CHECK_FALSE(strays(path));
    }
}

TEST_CASE("every source is compiled, and a test into a program of its need") {
    const auto in = [](const std::string& path, const std::string& target) {
        return is_compiled(path, {{.path = path, .target = target}});
    };
    CHECK_FALSE(is_compiled("domain/ids.cpp", {}));
    CHECK_FALSE(is_compiled("tests/domain/support/a.cpp", {}));
    CHECK_FALSE(is_compiled("tests/domain/ids_test.cpp", {}));
    CHECK_FALSE(in("tests/domain/ids_pgtest.cpp", "domain_test"));
    CHECK_FALSE(in("tests/sim/ids_test.cpp", "sim_simtest"));
    CHECK_FALSE(in("tests/support/ids_test.cpp", "test_support"));
    CHECK_FALSE(in("tests/fuzz/ids_fuzz.cpp", "ids_fuzz"));
    CHECK_FALSE(in("tests/domain/ids_tests.cpp", "domain_test"));
    CHECK_FALSE(in("tests/domain/helpers.cpp", "domain_test"));
    CHECK(in("domain/ids.cpp", "domain"));
    CHECK(in("tests/domain/ids_test.cpp", "domain_test"));
    CHECK(in("tests/faults/commit_faulttest.cpp", "faults_faulttest"));
    CHECK(in("tests/faults/random_soak.cpp", "datadrop_soak"));
    CHECK(in("tests/fuzz/settings_fuzz.cpp", "fuzz_test"));
    CHECK(in("tests/domain/support/helpers.cpp", "domain_test"));
}

TEST_CASE("what the build compiles is read from its commands") {
    const auto read_back = compiled_sources(
        R"([{"file": "/d/domain/ids.cpp",
             "command": "c++ -I/d -o domain/CMakeFiles/domain.dir/ids.cpp.o -c /d/domain/ids.cpp"},
            {"file": "/elsewhere/a.cpp", "command": "c++ -o CMakeFiles/a.dir/a.o"}])",
        "/d");
    REQUIRE_EQ(read_back.size(), 1);
    CHECK_EQ(read_back.front().path, "domain/ids.cpp");
    CHECK_EQ(read_back.front().target, "domain");
}

TEST_SUITE_END();
