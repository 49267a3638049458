// `dead-letter preview`, `redrive` and `discard`.

#include "domain/vocabulary.hpp"
#include "processor/cli/http_client.hpp"
#include "processor/cli/letter_commands.hpp"
#include "processor/cli/letter_runs.hpp"
#include "processor/cli/letter_text.hpp"
#include "processor/cli/text_output.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <iostream>
#include <memory>

namespace datadrop::processor::cli {
namespace {

namespace json = boost::json;

/// What an act is meant for, and for nothing that became of it since.
struct seen_argument {
    std::string etag{};

    /// A shell takes the quotes off; "*" has none.
    std::string header() const {
        const bool bare = !etag.empty() && etag != "*" && etag.find('"') == std::string::npos;
        return bare ? '"' + etag + '"' : etag;
    }
};

void add_if_match(CLI::App& command, seen_argument& seen) {
    command.add_option("--if-match", seen.etag,
                       "Only while it is as shown: the etag of show or preview");
}

/// One is named by its id, many by --all.
bool is_of_many(const std::string& id, const run_arguments& many) {
    if (many.all == id.empty()) return many.all;
    throw usage_error(many.all ? "an ID or --all, not both"
                               : "ID is missing: a dead letter's id, or --all for many");
}

struct redrive_arguments {
    std::string id;
    seen_argument seen;
    std::optional<std::string> reason;
    std::optional<std::string> expected_state;
    std::optional<std::int64_t> expected_version;
    std::optional<std::int64_t> expected_lifecycle;
    bool drop_expected_state = false;
    bool drop_expected_version = false;
    bool drop_expected_lifecycle = false;
    run_arguments many{};

    json::object fields() const {
        json::object fields;
        if (reason) fields["reason"] = *reason;
        if (expected_state) fields["expected_state"] = *expected_state;
        if (expected_version) fields["expected_version"] = *expected_version;
        if (expected_lifecycle) fields["expected_lifecycle"] = *expected_lifecycle;
        if (drop_expected_state) fields["expected_state"] = nullptr;
        if (drop_expected_version) fields["expected_version"] = nullptr;
        if (drop_expected_lifecycle) fields["expected_lifecycle"] = nullptr;
        return fields;
    }
    std::string body() const { return json::serialize(fields()); }
};

void add_expectations(CLI::App& command, redrive_arguments& asked) {
    auto* state =
        command.add_option("--expected-state", asked.expected_state, "Expect this state instead");
    state->check(one_of(domain::names<domain::state>));
    command.add_flag("--drop-expected-state", asked.drop_expected_state, "Expect no state")
        ->excludes(state);
    auto* version = command.add_option("--expected-version", asked.expected_version,
                                       "Expect this version instead");
    version->check(version_number());
    command.add_flag("--drop-expected-version", asked.drop_expected_version, "Expect no version")
        ->excludes(version);
    auto* lifecycle = command.add_option("--expected-lifecycle", asked.expected_lifecycle,
                                         "Expect this stay instead");
    lifecycle->check(version_number());
    command.add_flag("--drop-expected-lifecycle", asked.drop_expected_lifecycle, "Expect no stay")
        ->excludes(lifecycle);
    add_if_match(command, asked.seen);
}

// ---- preview

exit_code preview(const settings& told, const redrive_arguments& asked) {
    const auto answer =
        client_of(told).post(letter_path(asked.id, "/preview"), asked.body(), asked.seen.header());
    const auto shown = json_of(answer);
    std::cout << (told.format == output_format::json ? answer.body + "\n"
                                                     : preview_text(shown.as_object()));
    return exit_code::done;
}

// ---- redrive

/// The command's outcome stands in the answer whatever its status; a problem has none.
exit_code redrive(const settings& told, const redrive_arguments& asked) {
    if (is_of_many(asked.id, asked.many)) {
        auto body = asked.fields();
        body["act"] = "redrive";
        return run_many(told, asked.many, std::move(body));
    }
    auto answer =
        client_of(told).post(letter_path(asked.id, "/redrive"), asked.body(), asked.seen.header());
    boost::system::error_code error;
    const auto letter = json::parse(answer.body, error);
    const auto* const outcome =
        error || !letter.is_object() ? nullptr : letter.get_object().if_contains("outcome");
    if (!outcome || !outcome->is_object()) throw_problem(answer);
    if (told.format == output_format::json)
        std::cout << answer.body << '\n';
    else
        std::cout << outcome_line(outcome->get_object()) << "\n\n"
                  << letter_text(letter.get_object());
    return field_text(outcome->get_object(), "outcome") == "accepted" ? exit_code::done
                                                                      : exit_code::refused;
}

// ---- discard

struct discard_arguments {
    std::string id;
    std::string reason;
    seen_argument seen;
    run_arguments many{};
};

exit_code discard(const settings& told, const discard_arguments& asked) {
    if (is_of_many(asked.id, asked.many))
        return run_many(told, asked.many, {{"act", "discard"}, {"reason", asked.reason}});
    const auto answer = client_of(told).post(
        letter_path(asked.id, "/discard"), json::serialize(json::object{{"reason", asked.reason}}),
        asked.seen.header());
    const auto letter = json_of(answer);
    std::cout << (told.format == output_format::json ? answer.body + "\n"
                                                     : letter_text(letter.as_object()));
    return exit_code::done;
}

} // namespace

void add_letter_preview(CLI::App& group, invocation& line) {
    const auto asked = std::make_shared<redrive_arguments>();
    auto& command = add_command(
        group, line,
        {.name = "preview",
         .what = "Tell what a redrive would do now, and what happened since it was parked. Nothing "
                 "is done.",
         .example = "datadrop dead-letter preview 10424 --drop-expected-state"},
        works_on::server, [asked](const settings& told) { return preview(told, *asked); });
    command.add_option("ID", asked->id, "The dead letter's id")->required()->check(position());
    add_expectations(command, *asked);
}

void add_letter_redrive(CLI::App& group, invocation& line) {
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
    command.add_option("ID", asked->id, "The dead letter's id")->check(position());
    command.add_option("--reason", asked->reason, "Why, for the audit trail");
    add_expectations(command, *asked);
    add_run_flags(command, asked->many);
}

void add_letter_discard(CLI::App& group, invocation& line) {
    const auto asked = std::make_shared<discard_arguments>();
    auto& command = add_command(
        group, line,
        {.name = "discard",
         .what = "Give a parked command up; it stays in the records with your reason.",
         .example = "datadrop dead-letter discard 10424 --reason 'the member left'"},
        works_on::server, [asked](const settings& told) { return discard(told, *asked); });
    command.add_option("ID", asked->id, "The dead letter's id")->check(position());
    command.add_option("--reason", asked->reason, "Why, for the audit trail")->required();
    add_if_match(command, asked->seen);
    add_run_flags(command, asked->many);
}

} // namespace datadrop::processor::cli
