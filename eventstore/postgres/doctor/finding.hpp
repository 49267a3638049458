#pragma once
// doctor/ looks at a database and its server before trouble does. What there is to know is read at
// once (facts.hpp, read_facts.hpp) and then judged, which is pure (checks.hpp); what only a look at
// the log can tell is in log_checks.hpp.
//
// Here: what a check says. Values; every thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace datadrop::eventstore::postgres::doctor {

enum class severity : std::uint8_t {
    ok,
    note,    // worth to know, or better otherwise; nothing is lost by it
    warning, // becomes trouble if it is left so
    error    // commands are not processed, or what was accepted may be lost
};

constexpr std::string_view name_of(severity value) {
    switch (value) {
    case severity::ok:
        return "ok";
    case severity::note:
        return "note";
    case severity::warning:
        return "warning";
    case severity::error:
        return "error";
    }
    return {};
}

struct finding {
    std::string check{}; // whose: "durability"
    severity how_bad = severity::ok;
    std::string what{}; // was seen, with its value
    std::string why{};  // it matters; empty when all is well
    /// What mends it, a line each: SQL ends with a semicolon, a command line begins with its
    /// program, and what no command can do is said in words.
    std::vector<std::string> remedy{};

    bool operator==(const finding&) const = default;
};

using findings = std::vector<finding>;

inline finding well(std::string what) { return {.what = std::move(what)}; }

/// The findings with the check's name.
inline findings named(std::string_view check, findings all) {
    for (auto& one : all)
        one.check = check;
    return all;
}

} // namespace datadrop::eventstore::postgres::doctor
