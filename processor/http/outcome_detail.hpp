#pragma once
// What an outcome says to people. Pure; every thread.

#include "processor/core/outcome.hpp"

#include <string>

namespace datadrop::processor::http {

/// Whether the command was judged, so that the member's state is known.
bool is_settled(const outcome& what);

/// A sentence that says why a command was not accepted, and what can be done; empty for one that
/// was.
std::string detail_of(const outcome& what);

} // namespace datadrop::processor::http
