#include "processor/cli/nearest.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <vector>

namespace datadrop::processor::cli {
namespace {

constexpr std::size_t word_bytes_max = 64; // nobody's slip of a word is longer

bool same(char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
}

/// Damerau's distance, with at most one slip at a place.
std::size_t slips(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i)
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            const std::size_t other = same(a[i - 1], b[j - 1]) ? 0 : 1;
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + other});
            if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
                d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[a.size()][b.size()];
}

} // namespace

std::optional<std::string_view> nearest(std::string_view written,
                                        std::span<const std::string_view> known) {
    if (written.size() > word_bytes_max) return std::nullopt;
    const auto found = std::ranges::min_element(
        known, {}, [written](std::string_view word) { return slips(written, word); });
    if (found == known.end() ||
        3 * slips(written, *found) > std::max<std::size_t>(found->size(), 3))
        return std::nullopt;
    return *found;
}

std::string did_you_mean(std::string_view written, std::span<const std::string_view> known) {
    const auto word = nearest(written, known);
    return word ? "; did you mean \"" + std::string(*word) + "\"?" : std::string();
}

} // namespace datadrop::processor::cli
