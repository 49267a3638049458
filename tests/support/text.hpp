#pragma once
// What tests ask of texts.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace datadrop::test {

inline bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// The words between blanks, as a shell takes them that knows no quotes.
inline std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    while (!line.empty()) {
        const auto word = line.substr(0, line.find(' '));
        if (!word.empty()) words.emplace_back(word);
        line.remove_prefix(std::min(line.size(), word.size() + 1));
    }
    return words;
}

} // namespace datadrop::test
