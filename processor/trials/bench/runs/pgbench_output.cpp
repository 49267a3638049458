#include "processor/trials/bench/runs/pgbench_output.hpp"

#include <charconv>
#include <system_error>

namespace datadrop::processor::trials::bench {

std::optional<double> parse_transactions_a_second(std::string_view said) {
    constexpr std::string_view words = "tps = ";
    const auto found = said.find(words);
    if (found == said.npos) return std::nullopt;
    const auto* const begin = said.data() + found + words.size();
    double number = 0;
    if (std::from_chars(begin, said.data() + said.size(), number).ec != std::errc{})
        return std::nullopt;
    return number;
}

} // namespace datadrop::processor::trials::bench
