#pragma once
// Where a load's members stand in the log before it begins. One thread; calls block.

#include "processor/trials/bench/loads/load_script.hpp"

#include <string>

namespace datadrop::processor::trials::bench {

/// Throws eventstore::unavailable, connection_lost, schema_failure.
member_versions versions_in_log(const load_spec& spec, const std::string& database);

} // namespace datadrop::processor::trials::bench
