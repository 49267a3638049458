#pragma once
// Checks of what was answered against what is written, in plain SQL: loading the answers, and
// looking at each check's statement. One thread; calls block. They throw what a session throws.

#include "eventstore/postgres/driver/session.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace datadrop::processor::trials {

/// Something that must hold. Its statement gives one row: how much it looked at, how many
/// differences it found, and the first of them.
struct check {
    std::string_view what;
    std::string_view statement;
};

/// Something that must hold, and whether it does.
struct finding {
    std::string_view what;
    std::int64_t looked_at = 0;
    std::int64_t differences = 0;
    std::string first{}; // a line each
};

finding look(eventstore::postgres::session& db, const check& c);

/// Hands the file's lines to a statement that takes an array of them, some at a time. Throws
/// `refused` when the file cannot be read.
void load_lines(eventstore::postgres::session& db, const std::filesystem::path& file,
                std::string_view statement);

} // namespace datadrop::processor::trials
