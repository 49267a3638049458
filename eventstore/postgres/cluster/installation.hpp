#pragma once
// Where PostgreSQL's programs are on this machine. Every thread; blocks.

#include <filesystem>
#include <stdexcept>

namespace datadrop::eventstore::postgres {

/// What went wrong with a cluster of our own and what to do about it, for a person.
struct cluster_failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The folder with initdb, pg_ctl and postgres of that major version, or of the newest one for 0.
/// Throws cluster_failure when it, or any PostgreSQL 15 or later, is not installed.
std::filesystem::path installed_programs(int version);

} // namespace datadrop::eventstore::postgres
