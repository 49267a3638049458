// What a command costs the core, counted: instructions by callgrind, and allocations. Two runs of
// which one is twice as long tell what a command adds, without start and end. Neither the machine
// nor its load changes a count; a compiler or a C library changes it a little.
#include <doctest/doctest.h>

#include <cstdint>
#include <cstdio>
#include <string>

namespace {

struct cost {
    double instructions = 0;
    double allocations = 0;
};

/// As measured with GCC 12 and the dev preset, which the release preset does not exceed.
struct known_cost {
    std::string load; // of core_load
    cost per_command;
};
const known_cost known_costs[] = {{"spread", {.instructions = 3'750, .allocations = 2.2}},
                                  {"hot", {.instructions = 2'600, .allocations = 1.1}},
                                  {"conflicts", {.instructions = 4'900, .allocations = 3.3}}};
constexpr double room_for_instructions = 1.2; // GCC 14 and its library count others
constexpr double room_for_allocations = 1.1;

/// All that a command of the shell prints.
std::string said_by(const std::string& command) {
    auto* out = ::popen((command + " 2>&1").c_str(), "r");
    REQUIRE(out != nullptr);
    std::string said;
    for (int c = std::fgetc(out); c != EOF; c = std::fgetc(out))
        said += static_cast<char>(c);
    INFO(said);
    REQUIRE_MESSAGE(::pclose(out) == 0, "this test needs valgrind, and core_load to end well");
    return said;
}

double number_behind(const std::string& label, const std::string& text) {
    const auto at = text.find(label);
    REQUIRE_NE(at, text.npos);
    return std::stod(text.substr(at + label.size()));
}

cost total_of(const std::string& load, int commands) {
    const auto said = said_by("valgrind --tool=callgrind --callgrind-out-file=/dev/null"
                              " --collect-atstart=no '--toggle-collect=*::in_core<*' "
                              "'" DATADROP_CORE_LOAD "' " +
                              load + " " + std::to_string(commands));
    return {number_behind("Collected : ", said), number_behind("allocations: ", said)};
}

cost per_command_of(const std::string& load) {
    constexpr int commands = 20'000;
    const auto once = total_of(load, commands);
    const auto twice = total_of(load, 2 * commands);
    return {(twice.instructions - once.instructions) / commands,
            (twice.allocations - once.allocations) / commands};
}

} // namespace

TEST_SUITE_BEGIN("core");

TEST_CASE("a command costs the core no more instructions and allocations than are known") {
    for (const auto& [load, known] : known_costs) {
        CAPTURE(load);
        const auto found = per_command_of(load);
        MESSAGE(load, ": ", found.instructions, " instructions and ", found.allocations,
                " allocations a command");
        CHECK_GT(found.instructions, 0);
        CHECK_LT(found.instructions, known.instructions * room_for_instructions);
        CHECK_GT(found.allocations, 0);
        CHECK_LT(found.allocations, known.allocations * room_for_allocations);
    }
}

TEST_SUITE_END();
