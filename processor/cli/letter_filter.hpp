#pragma once
// Which dead letters a command is about: the flags that say it, and the query of the routes. One
// thread.

#include "processor/cli/command.hpp"

#include <chrono>
#include <string>

namespace datadrop::processor::cli {

struct letter_filter {
    std::string guild{};
    std::string user{};
    std::string command{};
    std::string code{};
    std::string older_than{};
    std::string status = "parked";

    /// The time of --older-than; empty without it.
    std::string parked_before(std::chrono::system_clock::time_point now) const;

    bool is_of_parked() const { return status == "parked"; }

    /// "status=parked&guild_id=5". Every value was checked to be digits or a name, so nothing is
    /// escaped.
    std::string query(std::chrono::system_clock::time_point now) const;
};

/// Lasts as long as the command.
void add_filter_flags(CLI::App& command, letter_filter& filter);
/// The same with --status.
void add_status_flag(CLI::App& command, letter_filter& filter);

} // namespace datadrop::processor::cli
