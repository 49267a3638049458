#pragma once
// The database that a command works on: the one that was named, else the private cluster that a
// `datadrop serve` has running. One thread; calls block.

#include "eventstore/postgres/driver/session.hpp"
#include "processor/cli/settings.hpp"

#include <chrono>
#include <filesystem>
#include <string>

namespace datadrop::processor::cli {

/// --data-dir, else the user's own folder.
std::filesystem::path data_folder(const settings& told);

/// Its connection string. Throws `unreachable`: none was named, and no private cluster runs in the
/// folder (how to start it).
std::string database_of(const settings& told);

/// How to connect to it; a statement is given the time that it takes. Throws sessions_not_ours
/// behind a pooler that gives each transaction another session.
eventstore::postgres::session::options session_options(const settings& told);

} // namespace datadrop::processor::cli
