#pragma once
// What a submitter is told of a batch, in order: outcomes of what was submitted and problems of
// what was not, written in the format of the request. Pure; every thread.

#include "processor/core/outcome.hpp"
#include "processor/http/decoded.hpp"
#include "processor/http/message.hpp"
#include "processor/http/problem.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace datadrop::processor::http {

using item_answer = boost::system::result<outcome, refused_command>;

struct batch_answer {
    batch_form form{};
    std::vector<item_answer> items; // one for a single
};

/// Status of a batch: a single's outcome or problem decides; an array is 200, or 429 when the
/// queue had no room for it.
status status_of(const batch_answer& answer);
status status_of(const outcome& what);

/// An outcome as interfaces show it: only the fields that its kind has.
boost::json::object to_json(const outcome& what);
/// An array's item that was no command: outcome "invalid", what names it, code, detail.
boost::json::object to_json(const refused_command& what);

std::string to_json_text(const batch_answer& answer);
/// An OutcomeResponse of schemas/outcomes.fbs.
std::string to_flatbuffers(const batch_answer& answer);

} // namespace datadrop::processor::http
