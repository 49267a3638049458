#pragma once
// Strict JSON: RFC 8259 in valid UTF-8, no deeper than json_depth_max, and no object that names a
// member twice, since readers disagree on which of the two counts. Pure; every thread.

#include "processor/http/problem.hpp"

#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace datadrop::processor::http {

/// The value of a whole text, kept in `memory`, or malformed_json with the place and the reason.
[[nodiscard]] checked<boost::json::value> parse_json(std::string_view text,
                                                     boost::json::storage_ptr memory = {});

/// A member that an object has twice, at whatever depth.
struct doubled_member {
    std::size_t item = 0; // of an array, where it is: from 0
    std::string name;
};

/// A value in which an object may have a member twice: the last one counts.
struct forgiven_json {
    boost::json::value value;
    std::vector<doubled_member> doubled{}; // in the order of the text
};

/// The same of a text that has faults: those that mend_json knows, and members that are there
/// twice.
[[nodiscard]] checked<forgiven_json> parse_forgiving(std::string_view text);

/// malformed_json for such a member.
problem is_there_twice(std::string_view name);

} // namespace datadrop::processor::http
