#pragma once
// What the benchmark found, for a person or for a program. Pure; every thread.

#include "processor/trials/bench/report/run_figures.hpp"
#include "processor/trials/bench/runs/processes.hpp"

#include <boost/json/object.hpp>

#include <map>
#include <string>

namespace datadrop::processor::trials::bench {

/// On what it ran.
struct surroundings {
    computer hardware;
    std::map<std::string, std::string> server; // PostgreSQL's version and settings, by name
    std::string note{};                        // what else to know of the server
};

/// The machine, the server, and the titles of the columns.
std::string heading_text(const surroundings& at);

/// A line for each contender, and each target with a tick or a cross.
std::string row_text(const row_result& r);

/// Of a row whose measurement failed.
std::string failure_text(const row& r, const std::string& why);
boost::json::object failure_json(const row& r, const std::string& why);

boost::json::object surroundings_json(const surroundings& at);

boost::json::object row_json(const row_result& r);

} // namespace datadrop::processor::trials::bench
