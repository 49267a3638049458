#pragma once
// What the demo found, for a person or for a program. Pure; every thread.

#include "processor/trials/demo/examination.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace datadrop::processor::trials::demo {

/// A table of what was sent and what came of it, then each check with a tick or a cross, what it
/// looked at, and its first differences.
std::string report_text(const examination& found);

boost::json::object report_json(const examination& found);

} // namespace datadrop::processor::trials::demo
