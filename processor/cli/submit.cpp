#include "domain/vocabulary.hpp"
#include "processor/cli/command_sender.hpp"
#include "processor/cli/commands.hpp"
#include "processor/cli/progress.hpp"
#include "processor/cli/random_key.hpp"
#include "processor/cli/text_output.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <poll.h>
#include <unistd.h>

#include <array>
#include <iostream>
#include <memory>

namespace datadrop::processor::cli {
namespace {

namespace json = boost::json;

/// One command as flags; without any, commands are read from stdin.
struct command_flags {
    std::map<std::string, std::string> texts{}; // by their JSON name, as given
    std::map<std::string, std::int64_t> numbers{};
    std::string payload{};

    bool none() const { return texts.empty() && numbers.empty() && payload.empty(); }
};

/// The lines that are in the newline-counted file on stdin; nothing when it is no file.
std::optional<std::int64_t> lines_on_stdin() {
    const auto start = ::lseek(STDIN_FILENO, 0, SEEK_CUR);
    if (start < 0) return std::nullopt;
    std::array<char, 1 << 16> piece;
    std::int64_t lines = 0;
    for (ssize_t got = 0; (got = ::read(STDIN_FILENO, piece.data(), piece.size())) > 0;)
        lines += std::count(piece.begin(), piece.begin() + got, '\n');
    ::lseek(STDIN_FILENO, start, SEEK_SET);
    return lines;
}

/// Whether another line can be had soon, so that a slow writer's commands are not held back.
bool more_on_stdin() {
    constexpr int wait_ms = 20;
    if (std::cin.rdbuf()->in_avail() > 0) return true;
    pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    return ::poll(&input, 1, wait_ms) > 0;
}

std::vector<input_line> next_batch(line_reader& reader) {
    std::vector<input_line> batch;
    std::size_t bytes = 0;
    while (batch.size() < batch_lines_max && bytes + line_bytes_max < batch_bytes_max) {
        if (!batch.empty() && !more_on_stdin()) break;
        auto line = reader.next();
        if (!line) break;
        bytes += line->text.size();
        batch.push_back(std::move(*line));
    }
    return batch;
}

/// Prints the outcomes; whether all were accepted.
bool print(const std::vector<json::object>& outcomes, output_format format) {
    bool all_accepted = true;
    for (const auto& outcome : outcomes) {
        all_accepted = all_accepted && field_text(outcome, "outcome") == "accepted";
        std::cout << (format == output_format::json ? json::serialize(outcome)
                                                    : outcome_line(outcome))
                  << '\n';
    }
    if (!std::cout.flush())
        throw refused("the outcomes could not be written; nothing more is sent");
    return all_accepted;
}

exit_code submit_stdin(const settings& told) {
    auto client = client_of(told);
    command_sender sender(client);
    std::ios::sync_with_stdio(false);
    const auto of = lines_on_stdin();
    auto progress = stderr_progress("submit", "lines");
    line_reader reader(std::cin);
    bool all_accepted = true;
    for (auto batch = next_batch(reader); !batch.empty(); batch = next_batch(reader)) {
        all_accepted = print(sender.send(batch), told.format) && all_accepted;
        progress.report(batch.back().number, of);
    }
    return all_accepted ? exit_code::done : exit_code::refused;
}

json::object command_of(const command_flags& flags) {
    json::object command;
    for (const auto& [name, text] : flags.texts)
        command[name] = text;
    for (const auto& [name, number] : flags.numbers)
        command[name] = number;
    if (!flags.payload.empty()) command["payload"] = json::parse(flags.payload);
    if (!command.contains("idempotency_key")) {
        const auto key = random_key();
        command["idempotency_key"] = key;
        std::cerr << "idempotency key: " << key << " (--key sends the same command again safely)\n";
    }
    return command;
}

exit_code submit_one(const settings& told, const command_flags& flags) {
    for (const auto* const needed : {"guild_id", "user_id", "command"})
        if (!flags.texts.contains(needed))
            throw usage_error("a command from flags needs --guild, --user and --command; without "
                              "any of these flags, commands are read from stdin");
    auto client = client_of(told);
    command_sender sender(client);
    const auto outcomes = sender.send({{.number = 1, .text = json::serialize(command_of(flags))}});
    return print(outcomes, told.format) ? exit_code::done : exit_code::refused;
}

std::string check_payload(const std::string& text) {
    boost::system::error_code error;
    json::parse(text, error);
    return error ? "\"" + text + "\" is no JSON: " + error.message() : std::string();
}

void add_flags(CLI::App& command, const std::shared_ptr<command_flags>& flags) {
    const auto text = [&](const std::string& flag, const std::string& field,
                          const std::string& help) -> CLI::Option& {
        return *command.add_option_function<std::string>(
            flag, [flags, field](const std::string& value) { flags->texts[field] = value; }, help);
    };
    const auto number = [&](const std::string& flag, const std::string& field,
                            const std::string& help) {
        command
            .add_option_function<std::int64_t>(
                flag, [flags, field](std::int64_t value) { flags->numbers[field] = value; }, help)
            ->check(version_number());
    };
    text("--guild", "guild_id", "The guild's id").check(snowflake());
    text("--user", "user_id", "The user's id").check(snowflake());
    text("--command", "command", "Join, ConfirmVerification, …")
        .check(one_of(domain::names<domain::command_kind>));
    text("--key", "idempotency_key", "Idempotency key; made and shown when absent");
    text("--expected-state", "expected_state", "The state that you saw")
        .check(one_of(domain::names<domain::state>));
    number("--expected-version", "expected_version", "The version that you saw");
    number("--expected-lifecycle", "expected_lifecycle",
           "The stay it is meant for, 1 for the first; never another one");
    text("--on-conflict", "on_conflict", "retry (default), or fail: tell at once")
        .check(one_of(domain::names<domain::on_conflict>));
    text("--reason", "reason", "Why, for the audit trail");
    text("--actor", "actor", "Who asked");
    text("--correlation-id", "correlation_id", "Id that ties this to other records");
    text("--occurred-at", "occurred_at", "When it happened, RFC 3339");
    command.add_option("--payload", flags->payload, "Payload, a JSON object")
        ->check(CLI::Validator([](std::string& value) { return check_payload(value); }, ""));
}

} // namespace

void add_submit(CLI::App& program, invocation& line) {
    const auto flags = std::make_shared<command_flags>();
    auto& command = add_command(
        program, line,
        {.name = "submit",
         .what = "Submit commands: one from flags, or one JSON object a line from stdin.",
         .example = "datadrop submit --guild 288659194737983489 --user 80351110224678912 "
                    "--command Join\n"
                    "         datadrop submit --format json < commands.ndjson > outcomes.ndjson",
         .more = "One outcome a line, in input order; exit code 1 when any is not `accepted`.\n"
                 "A line that cannot be read gets an `invalid` outcome, and the others go on.\n"
                 "Sending the same input again is safe: its idempotency keys are looked up first."},
        works_on::server, [flags](const settings& told) {
            return flags->none() ? submit_stdin(told) : submit_one(told, *flags);
        });
    add_flags(command, flags);
}

} // namespace datadrop::processor::cli
