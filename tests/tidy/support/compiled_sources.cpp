#include "tests/tidy/support/compiled_sources.hpp"

#include <boost/json.hpp>

#include <string_view>

namespace datadrop::test {
namespace {

using std::string_view_literals::operator""sv;

/// CMake keeps a target's objects in a folder of the target's name: …/CMakeFiles/TARGET.dir/….
std::string target_of(std::string_view command) {
    constexpr auto folder = "CMakeFiles/"sv;
    const auto output = command.find(" -o ");
    const auto start = output == command.npos ? output : command.find(folder, output);
    if (start == command.npos) return {};
    const auto name = command.substr(start + folder.size());
    return std::string(name.substr(0, name.find(".dir/")));
}

} // namespace

std::vector<compiled> compiled_sources(const std::string& commands, const std::string& root) {
    std::vector<compiled> found;
    const auto entries = boost::json::parse(commands);
    for (const auto& entry : entries.as_array()) {
        const std::string_view file = entry.at("file").as_string();
        if (!file.starts_with(root + "/")) continue;
        found.push_back({.path = std::string(file.substr(root.size() + 1)),
                         .target = target_of(entry.at("command").as_string())});
    }
    return found;
}

} // namespace datadrop::test
