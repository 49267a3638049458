#pragma once
// What pgbench says when it is done, in words for a person. Pure; every thread.

#include <optional>
#include <string_view>

namespace datadrop::processor::trials::bench {

/// Of "tps = 1234.567890 (without initial connection time)"; nothing when it does not say so.
std::optional<double> parse_transactions_a_second(std::string_view said);

} // namespace datadrop::processor::trials::bench
