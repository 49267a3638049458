#pragma once
// The commands behind `dead-letter`, in files of their own.

#include "processor/cli/command.hpp"

#include <string>

namespace datadrop::processor::cli {

void add_letter_list(CLI::App& group, invocation& line);
void add_letter_show(CLI::App& group, invocation& line);
void add_letter_preview(CLI::App& group, invocation& line);
void add_letter_redrive(CLI::App& group, invocation& line);
void add_letter_discard(CLI::App& group, invocation& line);
void add_letter_runs(CLI::App& group, invocation& line);

/// The route of one dead letter.
inline std::string letter_path(const std::string& id, const std::string& verb = "") {
    return "/v1/dead-letters/" + id + verb;
}

} // namespace datadrop::processor::cli
