// A schema may grow, and what was written or sent under an earlier one stays readable: flatc
// compares each with its frozen copy. When a schema has grown, its copy grows with it.

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace datadrop {
namespace {
namespace fs = std::filesystem;

const fs::path schemas = fs::path(DATADROP_SOURCE) / "schemas";
const fs::path frozen = fs::path(DATADROP_SOURCE) / "tests/eventstore/schemas_frozen";

bool conforms(const fs::path& now, const fs::path& before) {
    const auto quoted = [](const fs::path& path) { return "'" + path.string() + "'"; };
    const auto command = quoted(DATADROP_FLATC) + " -I " + quoted(schemas) + " --conform " +
                         quoted(before) + " --conform-includes " + quoted(frozen) + ' ' +
                         quoted(now) + " >/dev/null 2>&1";
    return std::system(command.c_str()) == 0;
}

std::string text_of(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

/// Whether the member payload's schema, changed in one place, conforms to its frozen copy.
bool conforms_with(const std::string& part, const std::string& replacement) {
    auto text = text_of(schemas / "membership_events.fbs");
    const auto at = text.find(part);
    REQUIRE_NE(at, std::string::npos);
    text.replace(at, part.size(), replacement);
    const auto changed =
        fs::temp_directory_path() /
        ("datadrop-changed-" + std::to_string(std::hash<std::string>{}(text)) + ".fbs");
    std::ofstream(changed) << text;
    const bool answer = conforms(changed, frozen / "membership_events.fbs");
    fs::remove(changed);
    return answer;
}

TEST_SUITE_BEGIN("schemas");

TEST_CASE("schemas: each conforms to its frozen copy") {
    std::size_t seen = 0;
    for (const auto& entry : fs::directory_iterator(schemas)) {
        if (entry.path().extension() != ".fbs") continue;
        CAPTURE(entry.path());
        const auto before = frozen / entry.path().filename();
        REQUIRE(fs::exists(before));
        CHECK(conforms(entry.path(), before));
        ++seen;
    }
    CHECK_GE(seen, 2);
}

TEST_CASE("schemas: no frozen copy is without its schema") {
    for (const auto& entry : fs::directory_iterator(frozen))
        CHECK(fs::exists(schemas / entry.path().filename()));
}

TEST_CASE("schemas: the comparison passes growth and catches a change") {
    CHECK(conforms_with("  outcome: ubyte = null;", "  outcome: ubyte = null; more: string;"));
    CHECK_FALSE(conforms_with("campaign_id: string", "campaign_id: long"));
    CHECK_FALSE(conforms_with("  campaign_id: string;", ""));
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop
