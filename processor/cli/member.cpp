#include "processor/cli/commands.hpp"
#include "processor/cli/http_client.hpp"
#include "processor/cli/text_output.hpp"

#include <iostream>
#include <memory>

namespace datadrop::processor::cli {
namespace {

namespace json = boost::json;

struct member_arguments {
    std::string guild;
    std::string user;
    std::string path() const { return "/v1/members/" + guild + "/" + user; }
};

exit_code show(const settings& told, const member_arguments& who) {
    const auto answer = client_of(told).get(who.path());
    const auto member = json_of(answer);
    std::cout << (told.format == output_format::json ? answer.body + "\n"
                                                     : field_lines(member.as_object()));
    return exit_code::done;
}

exit_code history(const settings& told, const member_arguments& who) {
    const auto answer = client_of(told).get(who.path() + "/history");
    const auto found = json_of(answer);
    if (told.format == output_format::json) {
        std::cout << answer.body << '\n';
        return exit_code::done;
    }
    for (const auto& event : found.at("events").as_array())
        std::cout << event_line(event.as_object()) << '\n';
    return exit_code::done;
}

void add_leaf(CLI::App& group, invocation& line, const command_text& text,
              exit_code (*run)(const settings&, const member_arguments&)) {
    const auto who = std::make_shared<member_arguments>();
    auto& command = add_command(group, line, text, works_on::server,
                                [who, run](const settings& told) { return run(told, *who); });
    command.add_option("GUILD", who->guild, "The guild's id")->required()->check(snowflake());
    command.add_option("USER", who->user, "The user's id")->required()->check(snowflake());
}

} // namespace

void add_member(CLI::App& program, invocation& line) {
    auto& group = add_group(program, "member", "A member's state, or the whole audit trail.");
    add_leaf(group, line,
             {.name = "show",
              .what = "Print a member's state, version and lifecycle.",
              .example = "datadrop member show 288659194737983489 80351110224678912",
              .more = "Exit code 1 for a member without events."},
             show);
    add_leaf(group, line,
             {.name = "history",
              .what = "Print a member's audit trail in version order.",
              .example = "datadrop member history 288659194737983489 80351110224678912",
              .more = "Exit code 1 for a member without events."},
             history);
}

} // namespace datadrop::processor::cli
