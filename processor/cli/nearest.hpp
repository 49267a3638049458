#pragma once
// Which of the known words somebody meant who wrote another one. Pure; every thread.

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace datadrop::processor::cli {

/// The word that is the fewest slips away (a letter too many, too few, another one, or two
/// exchanged; upper and lower case are one); nothing when even that is more than a third of it.
std::optional<std::string_view> nearest(std::string_view written,
                                        std::span<const std::string_view> known);

/// `; did you mean "WORD"?`, or nothing.
std::string did_you_mean(std::string_view written, std::span<const std::string_view> known);

} // namespace datadrop::processor::cli
