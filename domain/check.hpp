#pragma once
// A bug is a third thing beside an answer and a broken world: what a function takes for granted of
// its callers, or of itself, did not hold. The process ends, since nothing that it does from here
// on can be trusted; what was under way is in doubt, and the same key settles it. Never for input,
// for what a database holds, or for anything that the world may do. In release, too; every thread.

#include <cstdio>
#include <cstdlib>

namespace datadrop::domain {

/// A place in a source: the one that calls, unless said. As std::source_location, which the clang
/// that builds the fuzzers does not have.
struct place {
    const char* file = nullptr;
    int line = 0;
    const char* function = nullptr;

    static constexpr place here(const char* file = __builtin_FILE(), int line = __builtin_LINE(),
                                const char* function = __builtin_FUNCTION()) {
        return {file, line, function};
    }
};

/// Says on stderr what did not hold and where, and aborts.
[[noreturn]] inline void report_bug(const char* what, const place& where = place::here()) {
    std::fprintf(stderr, "datadrop: a bug: %s does not hold at %s:%d (%s)\n", what, where.file,
                 where.line, where.function);
    std::abort();
}

/// Nothing when `holds`; otherwise as report_bug. `what` names the condition as it should be:
/// check(!chains.empty(), "there is a chain").
constexpr void check(bool holds, const char* what, const place& where = place::here()) {
    if (!holds) [[unlikely]]
        report_bug(what, where);
}

} // namespace datadrop::domain
