#pragma once
// Strict JSON: RFC 8259 in valid UTF-8, no deeper than json_depth_max, and no object that names a
// member twice, since readers disagree on which of the two counts. Pure; every thread.

#include "processor/http/problem.hpp"

#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>

#include <string_view>

namespace datadrop::processor::http {

/// The value of a whole text, kept in `memory`, or malformed_json with the place and the reason.
checked<boost::json::value> parse_json(std::string_view text, boost::json::storage_ptr memory = {});

} // namespace datadrop::processor::http
