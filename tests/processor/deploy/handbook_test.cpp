// What whoever is on call reads at night is there: a heading for each alert, a row for each line
// that the log may have, and the changes of this version.

#include "eventstore/postgres/database.hpp"
#include "tests/support/source_text.hpp"
#include "tests/support/text.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <functional>
#include <regex>
#include <set>

namespace datadrop::test {
namespace {

namespace fs = std::filesystem;

const fs::path root = DATADROP_SOURCE;
const fs::path deploy = root / "processor/deploy";

using names = std::set<std::string>;

names set_of(const std::vector<std::string>& all) { return {all.begin(), all.end()}; }

std::string in_lower_case(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

/// From a heading to the next one.
std::string section(const std::string& page, const std::string& heading) {
    const auto begin = page.find("\n" + heading + "\n");
    if (begin == std::string::npos) return {};
    return page.substr(begin, page.find("\n#", begin + 1) - begin);
}

/// "the end of the log went back from" of a line's format: the first words that no value breaks.
std::string first_words(const std::string& format) {
    const std::regex words(R"re([^{}]*[A-Za-z]{4}[^{}]*)re");
    const auto without_values = std::regex_replace(format, std::regex(R"re(\{[^}]*\})re"), "{");
    std::smatch found;
    if (!std::regex_search(without_values, found, words)) return {};
    const auto text = found.str();
    const auto begin = text.find_first_not_of(" \"");
    return text.substr(begin, text.find_last_not_of(" \"") + 1 - begin);
}

/// How the lines of level warning and error of a source begin, as far as that is said there.
names lines_of(const std::string& source) {
    const std::regex call(R"re(spdlog::(?:warn|error)\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+))re");
    names found;
    for (std::sregex_iterator at(source.begin(), source.end(), call), end; at != end; ++at) {
        std::string format;
        for (const auto& literal : all_of((*at)[1], R"re("((?:[^"\\]|\\.)*)")re"))
            format += literal;
        format = std::regex_replace(format, std::regex(R"re(\\")re"), "\"");
        if (const auto words = first_words(format); !words.empty()) found.insert(words);
    }
    return found;
}

template <typename Each>
void for_each_source(Each&& each) {
    for (const auto* folder : {"eventstore", "projections", "processor"})
        for (const auto& entry : fs::recursive_directory_iterator(root / folder))
            if (entry.path().extension() == ".cpp" || entry.path().extension() == ".hpp")
                each(text_of(entry.path()));
}

struct entry {
    std::string version;
    std::string date;
};

std::vector<entry> entries_of(const std::string& changelog) {
    const auto versions = all_of(changelog, R"re(\n## (\d+\.\d+\.\d+) \(\d{4}-\d\d-\d\d\)\n)re");
    const auto dates = all_of(changelog, R"re(\n## \d+\.\d+\.\d+ \((\d{4}-\d\d-\d\d)\)\n)re");
    std::vector<entry> entries;
    for (std::size_t i = 0; i < std::min(versions.size(), dates.size()); ++i)
        entries.push_back({.version = versions[i], .date = dates[i]});
    return entries;
}

} // namespace

TEST_SUITE_BEGIN("handbook");

TEST_CASE("handbook: each alert has a heading, links to it, and is told what it means and asks") {
    const auto rules = text_of(deploy / "datadrop.rules.yml");
    const auto page = text_of(deploy / "HANDBOOK.md");
    const auto alerts = all_of(rules, "- alert: (\\w+)");
    CHECK_GT(alerts.size(), 20);
    CHECK_EQ(set_of(alerts), set_of(all_of(page, "\n### (Datadrop\\w+)\n")));
    std::vector<std::string> headings;
    for (const auto& alert : alerts) {
        CAPTURE(alert);
        const auto told = section(page, "### " + alert);
        CHECK(contains(told, "Means: "));
        CHECK(contains(told, "Do:"));
        headings.push_back(in_lower_case(alert));
    }
    CHECK_EQ(all_of(rules, "\n          runbook_url: /usr/share/doc/datadrop/HANDBOOK.md#(\\w+)"),
             headings);
}

TEST_CASE("handbook: each line of level warning or error is told of") {
    const auto page = text_of(deploy / "HANDBOOK.md");
    names lines, speakers;
    for_each_source([&](const std::string& source) {
        lines.merge(lines_of(source));
        speakers.merge(set_of(all_of(source, "\\boutage \\w+\\{\"([^\"]+)\"\\}")));
    });
    CHECK_GE(lines.size(), 13);
    CHECK_EQ(speakers.size(), 5);
    for (const auto& line : lines)
        CHECK_MESSAGE(contains(page, line), line);
    for (const auto& speaker : speakers)
        CHECK_MESSAGE(contains(page, "`" + speaker + ": …`"), speaker);
    for (const auto* elsewhere : {"PostgreSQL says: ", "a sign-in from ", "a bug: "})
        CHECK_MESSAGE(contains(page, elsewhere), elsewhere);
}

TEST_CASE("handbook: a line that nobody tells of is found") {
    CHECK_EQ(lines_of("spdlog::warn(\"{} of \\\"the moon\\\" \"\n    \"is {:.1f}\", a, b);"
                      "spdlog::error(\"{}: {}\", a, b); spdlog::info(\"all is well\");"),
             names{"of \"the moon\" is"});
}

TEST_CASE("changelog: the newest entry is of this version and its schema, those before are older") {
    const auto changelog = text_of(deploy / "CHANGELOG.md");
    const auto entries = entries_of(changelog);
    REQUIRE_GE(entries.size(), 2);
    CHECK_EQ(entries.front().version, DATADROP_VERSION);
    const auto newest = changelog.find("\n## ");
    const auto told = changelog.substr(newest, changelog.find("\n## ", newest + 1) - newest);
    const auto schema = std::to_string(eventstore::postgres::schema_version());
    CHECK_MESSAGE(contains(told, "\nSchema " + schema + "."), "say there what is new in schema ",
                  schema);
    CHECK(std::ranges::is_sorted(entries, std::greater{}, &entry::date));
    CHECK(std::ranges::adjacent_find(entries, {}, &entry::date) == entries.end());
}

TEST_SUITE_END();

} // namespace datadrop::test
