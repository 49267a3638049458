#include "processor/cli/interruption.hpp"

#include <csignal>
#include <cstdlib>
#include <initializer_list>

namespace datadrop::processor::cli {
namespace {

volatile std::sig_atomic_t noted = 0;

void note(int signal) {
    if (noted != 0) std::_Exit(128 + signal);
    noted = 1;
}

} // namespace

void note_interruptions() {
    for (const int signal : {SIGINT, SIGTERM})
        std::signal(signal, note);
}

bool interrupted() { return noted != 0; }

} // namespace datadrop::processor::cli
