#pragma once
// What must hold of a refusal, whatever was refused. Pure.

#include "processor/http/problem.hpp"

#include <string_view>

namespace datadrop::test {

/// It says something, in well-formed JSON of valid UTF-8, with a code that clients know.
void require_proper(const processor::http::problem& what);

/// The same of an answer's body that is a problem's.
void require_problem_body(std::string_view body);

/// A secret that the input has in one place is not repeated. One that stands elsewhere too may be,
/// as the name of an unknown field for instance.
void require_untold(std::string_view secret, std::string_view input, std::string_view answer);

} // namespace datadrop::test
