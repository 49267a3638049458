#include "processor/cli/program.hpp"

int main(int argc, char** argv) { return datadrop::processor::run_program(argc, argv); }
