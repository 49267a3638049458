// Every command of the program, in the order of its help.
#include "processor/cli/commands.hpp"
#include "processor/cli/program.hpp"
#include "processor/trials/trial_commands.hpp"

int main(int argc, char** argv) {
    using namespace datadrop::processor::cli;
    using namespace datadrop::processor::trials;
    return run_program(argc, argv,
                       {add_serve, add_migrate, add_submit, add_member, add_events, add_dead_letter,
                        add_projection, add_token, add_doctor, add_demo, add_bench, add_completion,
                        add_version, add_help});
}
