// What is shipped for whoever watches: the alert rules do what their tests say, and they and the
// board ask for metrics and labels that a real server tells.

#include "tests/e2e/support/verbs.hpp"
#include "tests/support/source_text.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace datadrop::test {
namespace {

const std::string deploy = DATADROP_SOURCE "/processor/deploy/";
const std::string rule_tests = DATADROP_SOURCE "/tests/processor/deploy/datadrop.rules_test.yml";

/// Of a metric: its labels, and the values that each has.
using labels = std::map<std::string, std::set<std::string>>;

std::map<std::string, labels> metrics_of(const server& front) {
    std::istringstream lines(front.connect().get("/metrics").body);
    const std::regex label(R"re((\w+)="([^"]*)")re");
    std::map<std::string, labels> all;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('#')) continue;
        auto& mine = all[line.substr(0, line.find_first_of("{ "))];
        for (std::sregex_iterator at(line.begin(), line.end(), label), end; at != end; ++at)
            mine[(*at)[1]].insert((*at)[2]);
    }
    return all;
}

/// What Prometheus adds itself.
bool is_of_prometheus(const std::string& name) {
    return name == "up" || name == "job" || name == "instance";
}

/// What an expression asks for that is not there.
std::vector<std::string> missing(const std::string& expression,
                                 const std::map<std::string, labels>& told) {
    std::vector<std::string> lacks;
    labels known; // of all metrics of the expression
    const std::regex metric(R"re(\b((?:datadrop|process)_\w+)(\{[^}]*\})?)re");
    const std::regex matcher(R"re((\w+)=~?"([^"]*)")re");
    for (std::sregex_iterator at(expression.begin(), expression.end(), metric), end; at != end;
         ++at) {
        const auto found = told.find((*at)[1]);
        if (found == told.end()) {
            lacks.push_back((*at)[1]);
            continue;
        }
        known.insert(found->second.begin(), found->second.end());
        const std::string wanted = (*at)[2];
        for (std::sregex_iterator m(wanted.begin(), wanted.end(), matcher), none; m != none; ++m) {
            const auto values = found->second.find((*m)[1]);
            if (!is_of_prometheus((*m)[1]) &&
                (values == found->second.end() || !values->second.contains((*m)[2])))
                lacks.push_back((*m)[0]);
        }
    }
    for (const auto& list : all_of(expression, R"re(\b(?:by|on) \(([^)]*)\))re"))
        for (const auto& name : all_of(list, R"re((\w+))re"))
            if (!is_of_prometheus(name) && !known.contains(name)) lacks.push_back("by " + name);
    return lacks;
}

/// The words of a command in front of its arguments: "projection verify".
arguments command_in(const std::string& line) {
    arguments command;
    for (const auto& word : words_of(line)) {
        if (!std::regex_match(word, std::regex("[a-z][a-z-]+"))) break;
        command.push_back(word);
    }
    return command;
}

void check_all(const std::vector<std::string>& expressions) {
    const auto told = metrics_of(shared_world().front);
    CHECK(expressions.size() > 10);
    for (const auto& expression : expressions) {
        CAPTURE(expression);
        for (const auto& lack : missing(expression, told))
            FAIL_CHECK("nobody tells " << lack);
    }
}

} // namespace

TEST_CASE("deploy: the alert rules pass promtool's check and their tests") {
    for (const arguments& args : {arguments{"check", "rules", deploy + "datadrop.rules.yml"},
                                  arguments{"test", "rules", rule_tests}}) {
        const auto said = run(args, {.program = "promtool"});
        INFO(said.out);
        INFO(said.err);
        CHECK(said.exit_code == 0);
    }
}

TEST_CASE("deploy: every alert has a test in which it fires, and says what to do") {
    const auto rules = text_of(deploy + "datadrop.rules.yml");
    const auto tests = text_of(rule_tests);
    const auto alerts = all_of(rules, "- alert: (\\w+)");
    CHECK(alerts.size() > 10);
    CHECK(all_of(rules, "(\n          description: )").size() == alerts.size());
    for (const auto& alert : alerts) {
        CAPTURE(alert);
        CHECK(tests.find("alertname=\"" + alert + "\"") != std::string::npos);
    }
}

TEST_CASE("deploy: a real server tells what the alert rules ask for") {
    check_all(all_of(text_of(deploy + "datadrop.rules.yml"), "\n        expr: ([^\n]+)"));
}

TEST_CASE("deploy: a real server tells what the board asks for") {
    std::vector<std::string> expressions;
    const auto board = json::parse(text_of(deploy + "datadrop.grafana.json"));
    for (const auto& panel : board.at("panels").as_array())
        for (const auto& target : panel.at("targets").as_array())
            expressions.emplace_back(target.at("expr").as_string());
    check_all(expressions);
}

TEST_CASE("deploy: the package's changelog is the project's, and is of the package's version") {
    const auto made_for = [](const std::string& version) {
        return run({deploy + "CHANGELOG.md", version, "who <who@example.org>"},
                   {.program = deploy + "debian_changelog.sh"});
    };
    const auto made = made_for(DATADROP_VERSION "+deb13");
    INFO(made.out);
    INFO(made.err);
    CHECK(made.out.starts_with("datadrop (" DATADROP_VERSION "+deb13) unstable; urgency=medium\n"));
    const auto entries = all_of(text_of(deploy + "CHANGELOG.md"), "\n(## )").size();
    CHECK(all_of(made.out, "\n( -- who <who@example.org>  \\w{3}, )").size() == entries);
    for (const auto& line : all_of(made.out, "([^\n]*)\n"))
        CHECK(line.size() <= 80);
    const auto refused = made_for("99.0.0+deb13");
    CHECK(refused.exit_code == 1);
    CHECK(contains(refused.err, "the newest entry is of " DATADROP_VERSION));
}

TEST_CASE("deploy: the program has each command and each option that the handbook asks for") {
    const auto page = text_of(deploy + "HANDBOOK.md");
    const auto lines = all_of(page, "\n +(?:[$#] datadrop|# on) ([^;\n]*)");
    CHECK(lines.size() > 15);
    for (const auto& line : lines) {
        CAPTURE(line);
        auto asked = command_in(line);
        asked.push_back("--help");
        const auto help = run(asked);
        CHECK(help.exit_code == 0);
        for (const auto& option : all_of(line, " (--[a-z-]+)"))
            CHECK_MESSAGE(contains(help.out, option), option);
    }
}

TEST_CASE("deploy: what nobody tells is found") {
    const auto told = metrics_of(shared_world().front);
    using lacks = std::vector<std::string>;
    CHECK(
        missing("rate(datadrop_commands_total{outcome=\"accepted\",job=\"x\"}[5m])", told).empty());
    CHECK(missing("datadrop_nothing > 0", told) == lacks{"datadrop_nothing"});
    CHECK(missing("datadrop_commands_total{outcome=\"lost\"}", told) == lacks{"outcome=\"lost\""});
    CHECK(missing("sum by (mood) (datadrop_commands_total)", told) == lacks{"by mood"});
}

} // namespace datadrop::test
