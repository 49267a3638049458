#pragma once
// A bug is a third thing beside an answer and a broken world: what a function takes for granted of
// its callers, or of itself, did not hold. The process ends, since nothing that it does from here
// on can be trusted; what was under way is in doubt, and the same key settles it. Never for input,
// for what a database holds, or for anything that the world may do. In release, too; every thread.

#include <cstdio>
#include <cstdlib>
#include <source_location>

namespace datadrop::domain {

/// Says on stderr what did not hold and where, and aborts.
[[noreturn]] inline void
report_bug(const char* what, const std::source_location& where = std::source_location::current()) {
    std::fprintf(stderr, "datadrop: a bug: %s does not hold at %s:%u (%s)\n", what,
                 where.file_name(), static_cast<unsigned>(where.line()), where.function_name());
    std::abort();
}

/// Nothing when `holds`; otherwise as report_bug. `what` names the condition as it should be:
/// check(!chains.empty(), "there is a chain").
constexpr void check(bool holds, const char* what,
                     const std::source_location& where = std::source_location::current()) {
    if (!holds) [[unlikely]]
        report_bug(what, where);
}

} // namespace datadrop::domain
