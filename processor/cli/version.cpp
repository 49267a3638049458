#include "processor/cli/commands.hpp"

#include <iostream>

namespace datadrop::processor::cli {

void add_version(CLI::App& program, invocation& line) {
    add_command(
        program, line,
        {.name = "version", .what = "Print the program's version.", .example = "datadrop version"},
        works_on::nothing, [](const settings& told) {
            std::cout << (told.format == output_format::json ? "{\"version\":\"" DATADROP_VERSION
                                                               "\"}\n"
                                                             : "datadrop " DATADROP_VERSION "\n");
            return exit_code::done;
        });
}

} // namespace datadrop::processor::cli
