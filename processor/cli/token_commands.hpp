#pragma once
// The commands of `datadrop token`, in two files: those that make a secret and show it, and the
// rest.

#include "eventstore/postgres/driver/session.hpp"
#include "processor/cli/command.hpp"

#include <memory>

namespace datadrop::processor::cli {

void add_token_create(CLI::App& group, invocation& line);
void add_token_rotate(CLI::App& group, invocation& line);

/// The database's session. Throws what stands against working on it.
std::unique_ptr<eventstore::postgres::session> open_current(const settings& told);

CLI::Validator token_name();

} // namespace datadrop::processor::cli
