#pragma once
// Runs in words, for a person at a terminal. Pure; every thread.

#include <boost/json/object.hpp>

#include <string>

namespace datadrop::processor::cli {

/// What a run would do, before it is started: how many, and what each would come to.
std::string run_preview_text(const boost::json::object& run);

/// How far it is, and what has come of it.
std::string run_text(const boost::json::object& run);

/// The row of a list: id, status, act, by, done, selected, created, reason.
boost::json::object run_row(const boost::json::object& run);

} // namespace datadrop::processor::cli
