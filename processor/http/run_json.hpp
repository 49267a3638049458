#pragma once
// A run as people and programs see it. For a reader's thread; blocks. Throws
// eventstore::unavailable.

#include "processor/service/reader.hpp"
#include "projections/letter_runs.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <optional>

namespace datadrop::processor::http {

/// With what has come of it so far; nothing when there is no such run.
std::optional<boost::json::object> read_run_json(reader& from, int partitions,
                                                 projections::run_id id);

/// The last runs, the newest first.
boost::json::array read_runs_json(reader& from, int partitions);

} // namespace datadrop::processor::http
