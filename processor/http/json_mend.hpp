#pragma once
// JSON texts with faults that leave no doubt where they end, so that what is wrong with one item of
// an array is not wrong with the others. Pure; every thread.

#include <string>
#include <string_view>

namespace datadrop::processor::http {

/// A text of the same length that is refused by what it says, no longer by how it says it. Replaced
/// are, in strings, half a surrogate pair and bytes that are no UTF-8 (by U+007F, which no field
/// takes); an exponent that no number has (by zeros: no field takes one with an exponent); an
/// object or an array that is too deep (by a string of U+007F). All else stays as it is.
std::string mend_json(std::string_view text);

} // namespace datadrop::processor::http
