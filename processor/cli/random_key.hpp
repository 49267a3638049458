#pragma once
// Idempotency keys for commands that come without one. Every thread.

#include <string>

namespace datadrop::processor::cli {

/// "cli:" and 32 hexadecimal digits from the system's random source.
std::string random_key();

} // namespace datadrop::processor::cli
