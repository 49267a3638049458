#include "domain/vocabulary.hpp"
#include "processor/cli/commands.hpp"
#include "processor/cli/http_client.hpp"
#include "processor/cli/text_output.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <iostream>
#include <memory>

namespace datadrop::processor::cli {
namespace {

namespace json = boost::json;

std::string path_of(const std::string& id, const std::string& verb = "") {
    return "/v1/dead-letters/" + id + verb;
}

// ---- list

struct list_arguments {
    std::string guild;
    std::string status;
    std::string after;
    std::string limit;

    /// Every value was checked to be digits or a name, so nothing is escaped.
    std::string target() const {
        std::string text = "/v1/dead-letters";
        const auto add = [&](std::string_view name, const std::string& value) {
            if (value.empty()) return;
            text += text.find('?') == std::string::npos ? "?" : "&";
            text += std::string(name) + "=" + value;
        };
        add("guild_id", guild);
        add("status", status);
        add("after", after);
        add("limit", limit);
        return text;
    }
};

exit_code list(const settings& told, const list_arguments& asked) {
    static const column columns[] = {{"id", "id"},
                                     {"status", "status"},
                                     {"code", "code"},
                                     {"guild", "guild_id"},
                                     {"user", "user_id"},
                                     {"submitted by", "submitted_by"},
                                     {"parked at", "parked_at"}};
    const auto answer = client_of(told).get(asked.target());
    const auto page = json_of(answer).as_object();
    if (told.format == output_format::json) {
        std::cout << answer.body << '\n';
        return exit_code::done;
    }
    std::cout << table(columns, page.at("dead_letters").as_array());
    if (const auto next = field_text(page, "next"); !next.empty())
        std::cerr << "there are more: --after " << next << '\n';
    return exit_code::done;
}

void add_list(CLI::App& group, invocation& line) {
    const auto asked = std::make_shared<list_arguments>();
    auto& command =
        add_command(group, line,
                    {.name = "list",
                     .what = "List dead letters, a page at a time.",
                     .example = "datadrop dead-letter list --status parked"},
                    works_on::server, [asked](const settings& told) { return list(told, *asked); });
    command.add_option("--guild", asked->guild, "Of this guild only")->check(snowflake());
    command.add_option("--status", asked->status, "parked, redriven or discarded")
        ->check(one_of(domain::names<domain::dead_letter_status>));
    command.add_option("--after", asked->after, "Behind this id: the next page")->check(position());
    command.add_option("--limit", asked->limit, "How many, 1 to 1000 (100)")
        ->check(CLI::Range(1, 1000));
}

// ---- show

exit_code show(const settings& told, const std::string& id) {
    const auto answer = client_of(told).get(path_of(id));
    const auto letter = json_of(answer);
    std::cout << (told.format == output_format::json ? answer.body + "\n"
                                                     : dead_letter_text(letter.as_object()));
    return exit_code::done;
}

void add_show(CLI::App& group, invocation& line) {
    const auto id = std::make_shared<std::string>();
    auto& command = add_command(
        group, line,
        {.name = "show",
         .what = "Print a dead letter whole: the command, every attempt, what operators did.",
         .example = "datadrop dead-letter show 10424"},
        works_on::server, [id](const settings& told) { return show(told, *id); });
    command.add_option("ID", *id, "The dead letter's id")->required()->check(position());
}

// ---- redrive

struct redrive_arguments {
    std::string id;
    std::optional<std::string> reason;
    std::optional<std::string> expected_state;
    std::optional<std::int64_t> expected_version;
    std::optional<std::int64_t> expected_lifecycle;
    bool drop_expected_state = false;
    bool drop_expected_version = false;
    bool drop_expected_lifecycle = false;

    std::string body() const {
        json::object fields;
        if (reason) fields["reason"] = *reason;
        if (expected_state) fields["expected_state"] = *expected_state;
        if (expected_version) fields["expected_version"] = *expected_version;
        if (expected_lifecycle) fields["expected_lifecycle"] = *expected_lifecycle;
        if (drop_expected_state) fields["expected_state"] = nullptr;
        if (drop_expected_version) fields["expected_version"] = nullptr;
        if (drop_expected_lifecycle) fields["expected_lifecycle"] = nullptr;
        return json::serialize(fields);
    }
};

/// The command's outcome stands in the answer whatever its status; a problem has none.
exit_code redrive(const settings& told, const redrive_arguments& asked) {
    auto answer = client_of(told).post(path_of(asked.id, "/redrive"), asked.body());
    boost::system::error_code error;
    const auto letter = json::parse(answer.body, error);
    const auto* const outcome =
        error || !letter.is_object() ? nullptr : letter.get_object().if_contains("outcome");
    if (!outcome || !outcome->is_object()) throw_problem(answer);
    if (told.format == output_format::json)
        std::cout << answer.body << '\n';
    else
        std::cout << outcome_line(outcome->get_object()) << "\n\n"
                  << dead_letter_text(letter.get_object());
    return field_text(outcome->get_object(), "outcome") == "accepted" ? exit_code::done
                                                                      : exit_code::refused;
}

void add_redrive(CLI::App& group, invocation& line) {
    const auto asked = std::make_shared<redrive_arguments>();
    auto& command = add_command(
        group, line,
        {.name = "redrive",
         .what = "Run a parked command again, under your name, through the same guarded path.",
         .example =
             "datadrop dead-letter redrive 10424 --drop-expected-state --reason 'seen by hand'",
         .more = "Exit code 1 when the command is not accepted; it stays parked then. Redriving "
                 "twice answers the same again."},
        works_on::server, [asked](const settings& told) { return redrive(told, *asked); });
    command.add_option("ID", asked->id, "The dead letter's id")->required()->check(position());
    command.add_option("--reason", asked->reason, "Why, for the audit trail");
    auto* state =
        command.add_option("--expected-state", asked->expected_state, "Expect this state instead");
    state->check(one_of(domain::names<domain::state>));
    command.add_flag("--drop-expected-state", asked->drop_expected_state, "Expect no state")
        ->excludes(state);
    auto* version = command.add_option("--expected-version", asked->expected_version,
                                       "Expect this version instead");
    version->check(version_number());
    command.add_flag("--drop-expected-version", asked->drop_expected_version, "Expect no version")
        ->excludes(version);
    auto* lifecycle = command.add_option("--expected-lifecycle", asked->expected_lifecycle,
                                         "Expect this stay instead");
    lifecycle->check(version_number());
    command.add_flag("--drop-expected-lifecycle", asked->drop_expected_lifecycle, "Expect no stay")
        ->excludes(lifecycle);
}

// ---- discard

struct discard_arguments {
    std::string id;
    std::string reason;
};

exit_code discard(const settings& told, const discard_arguments& asked) {
    const auto answer = client_of(told).post(
        path_of(asked.id, "/discard"), json::serialize(json::object{{"reason", asked.reason}}));
    const auto letter = json_of(answer);
    std::cout << (told.format == output_format::json ? answer.body + "\n"
                                                     : dead_letter_text(letter.as_object()));
    return exit_code::done;
}

void add_discard(CLI::App& group, invocation& line) {
    const auto asked = std::make_shared<discard_arguments>();
    auto& command = add_command(
        group, line,
        {.name = "discard",
         .what = "Give a parked command up; it stays in the records with your reason.",
         .example = "datadrop dead-letter discard 10424 --reason 'the member left'"},
        works_on::server, [asked](const settings& told) { return discard(told, *asked); });
    command.add_option("ID", asked->id, "The dead letter's id")->required()->check(position());
    command.add_option("--reason", asked->reason, "Why, for the audit trail")->required();
}

} // namespace

void add_dead_letter(CLI::App& program, invocation& line) {
    auto& group = add_group(program, "dead-letter",
                            "Commands that spent their budget: look at them, run them again or "
                            "give them up.");
    add_list(group, line);
    add_show(group, line);
    add_redrive(group, line);
    add_discard(group, line);
}

} // namespace datadrop::processor::cli
