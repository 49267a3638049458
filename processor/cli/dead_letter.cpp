#include "processor/cli/commands.hpp"
#include "processor/cli/http_client.hpp"
#include "processor/cli/letter_commands.hpp"
#include "processor/cli/letter_filter.hpp"
#include "processor/cli/letter_text.hpp"
#include "processor/cli/text_output.hpp"

#include <iostream>
#include <memory>

namespace datadrop::processor::cli {
namespace {

namespace json = boost::json;
using std::chrono::system_clock;

struct list_arguments {
    letter_filter of;
    std::string after;
    std::string limit;
};

std::string with_query(std::string path, std::string query, const list_arguments& asked) {
    if (!asked.after.empty()) query += (query.empty() ? "" : "&") + ("after=" + asked.after);
    if (!asked.limit.empty()) query += (query.empty() ? "" : "&") + ("limit=" + asked.limit);
    return query.empty() ? path : path + "?" + query;
}

/// What the counts are of; they default to the parked ones, so "any" has none.
void print_counts(http_client& server, const list_arguments& asked, const std::string& query,
                  system_clock::time_point now) {
    if (asked.of.status == "any") return;
    const auto counts = json_of(server.get("/v1/dead-letters/counts?" + query)).as_object();
    std::cout << asked.of.status << ": " << counts_line(counts, now) << "\n\n";
}

std::string letter_table(const list_arguments& asked, const json::array& letters,
                         system_clock::time_point now) {
    std::vector<column> columns{{"id", "id"},         {"command", "command"}, {"member", "member"},
                                {"wanted", "wanted"}, {"now", "now"},         {"age", "age"},
                                {"code", "code"}};
    if (!asked.of.is_of_parked()) columns.push_back({"status", "status"});
    json::array rows;
    for (const auto& letter : letters)
        rows.push_back(letter_row(letter.as_object(), now));
    return table(columns, rows);
}

exit_code list(const settings& told, const list_arguments& asked) {
    const auto now = system_clock::now();
    const auto query = asked.of.query(now);
    auto server = client_of(told);
    const auto answer = server.get(with_query("/v1/dead-letters", query, asked));
    const auto page = json_of(answer).as_object();
    if (told.format == output_format::json) {
        std::cout << answer.body << '\n';
        return exit_code::done;
    }
    print_counts(server, asked, query, now);
    std::cout << letter_table(asked, page.at("dead_letters").as_array(), now);
    if (const auto next = field_text(page, "next"); !next.empty())
        std::cerr << "there are more: --after " << next << '\n';
    return exit_code::done;
}

exit_code show(const settings& told, const std::string& id) {
    const auto answer = client_of(told).get(letter_path(id));
    const auto letter = json_of(answer);
    std::cout << (told.format == output_format::json ? answer.body + "\n"
                                                     : letter_text(letter.as_object()));
    return exit_code::done;
}

} // namespace

void add_letter_list(CLI::App& group, invocation& line) {
    const auto asked = std::make_shared<list_arguments>();
    auto& command = add_command(
        group, line,
        {.name = "list",
         .what = "List what is parked, a page at a time: what each wanted, and where it is now.",
         .example = "datadrop dead-letter list --guild 288659194737983489 --older-than 15m"},
        works_on::server, [asked](const settings& told) { return list(told, *asked); });
    add_filter_flags(command, asked->of);
    add_status_flag(command, asked->of);
    command.add_option("--after", asked->after, "Behind this id: the next page")->check(position());
    command.add_option("--limit", asked->limit, "How many, 1 to 1000 (100)")
        ->check(CLI::Range(1, 1000));
}

void add_letter_show(CLI::App& group, invocation& line) {
    const auto id = std::make_shared<std::string>();
    auto& command = add_command(
        group, line,
        {.name = "show",
         .what = "Print a dead letter whole: why it is there, every attempt and who had won, what "
                 "operators did, and what happened since.",
         .example = "datadrop dead-letter show 10424"},
        works_on::server, [id](const settings& told) { return show(told, *id); });
    command.add_option("ID", *id, "The dead letter's id")->required()->check(position());
}

void add_dead_letter(CLI::App& program, invocation& line) {
    auto& group = add_group(program, "dead-letter",
                            "Commands that spent their budget: look at them, run them again or "
                            "give them up.");
    add_letter_list(group, line);
    add_letter_show(group, line);
    add_letter_preview(group, line);
    add_letter_redrive(group, line);
    add_letter_discard(group, line);
    add_letter_runs(group, line);
}

} // namespace datadrop::processor::cli
