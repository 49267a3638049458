#pragma once
// What the doctor found, for people and for programs. Pure; every thread.

#include "eventstore/postgres/doctor/finding.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace datadrop::processor::cli {

struct doctor_report {
    std::string database; // its name, empty when nobody got as far
    std::string role;
    std::string server_version;
    eventstore::postgres::doctor::findings all;

    /// Findings of these checks are worth a note at most: somebody has decided so.
    void accept(const std::vector<std::string>& checks);
    eventstore::postgres::doctor::severity worst() const;
};

/// A line a finding, and below it why it matters and what mends it.
std::string to_text(const doctor_report& report);

/// {"database","role","server_version","errors","warnings","notes",
///  "findings":[{"check","severity","what","why","remedy":[…]}]}
boost::json::object to_json(const doctor_report& report);

} // namespace datadrop::processor::cli
