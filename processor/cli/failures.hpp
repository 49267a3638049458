#pragma once
// How a command ends: with an exit code, or with one of three failures that program.cpp prints to
// stderr and turns into one. Their texts are for a person: what was wrong, with which value, and
// what to do. Values; every thread.

#include <stdexcept>

namespace datadrop::processor::cli {

/// A contract with scripts.
enum class exit_code : int {
    done = 0,
    refused = 1,     // the operation was refused, or found a difference
    usage = 2,       // the command line or the configuration cannot be understood
    unreachable = 3, // the database or the server does not answer
};

struct usage_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct refused : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct unreachable : std::runtime_error {
    using std::runtime_error::runtime_error;
};

} // namespace datadrop::processor::cli
