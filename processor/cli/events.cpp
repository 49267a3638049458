#include "domain/vocabulary.hpp"
#include "processor/cli/commands.hpp"
#include "processor/cli/http_client.hpp"
#include "processor/cli/sse_parser.hpp"
#include "processor/cli/text_output.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <thread>

namespace datadrop::processor::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto reconnect_wait = 1s;

/// The server's last words to a reader whose events are not the log's any more.
[[noreturn]] void give_up(const std::string& problem) {
    throw refused(problem_text({.status = 409, .body = problem}));
}

void print_event(const sse_event& event, output_format format) {
    if (event.type == "history_changed") give_up(event.data);
    auto shown = boost::json::parse(event.data).as_object();
    if (format == output_format::json) {
        shown["cursor"] = event.id;
        std::cout << boost::json::serialize(shown) << '\n';
    } else {
        std::cout << event_line(shown) << '\n';
    }
    // Each event is out before the next is waited for.
    if (!std::cout.flush()) throw refused("the events could not be written");
}

struct tail_arguments {
    std::string after = "latest";
    std::string guild;               // empty: of all
    std::vector<std::string> events; // none: of all types

    std::string target(const std::string& from) const {
        const auto encoded = boost::urls::encode(from, boost::urls::unreserved_chars);
        return fmt::format("/v1/events?after={}{}{}{}{}", encoded,
                           guild.empty() ? "" : "&guild_id=", guild,
                           events.empty() ? "" : "&event=", fmt::join(events, ","));
    }
};

/// Follows the feed until a signal ends the program, from connection to connection.
exit_code tail(const settings& told, const tail_arguments& asked) {
    // Every event is flushed when it is printed, so there is nothing to tidy up.
    for (const int signal : {SIGINT, SIGTERM})
        std::signal(signal, [](int) { std::_Exit(0); });
    auto client = client_of(told);
    sse_parser events([&](const sse_event& event) { print_event(event, told.format); });
    for (bool reached = false;;
         std::this_thread::sleep_for(events.retry().value_or(reconnect_wait))) {
        const auto from = events.last_id().empty() ? asked.after : events.last_id();
        http_answer answer;
        try {
            const auto end = client.follow(
                asked.target(from), [&](std::string_view bytes) { events.feed(bytes); }, answer);
            if (end == http_client::stream_end::refused && answer.status < 500)
                throw refused(problem_text(answer));
            reached = true;
            std::cerr << "the connection ended; going on behind "
                      << (events.last_id().empty() ? asked.after : events.last_id()) << '\n';
        } catch (const unreachable&) {
            if (!reached) throw;
        }
        events.restart();
    }
}

} // namespace

void add_events(CLI::App& program, invocation& line) {
    auto& group = add_group(program, "events", "The log's events as they happen.");
    const auto asked = std::make_shared<tail_arguments>();
    auto& command = add_command(
        group, line,
        {.name = "tail",
         .what = "Print the members' events in the log's order, as they are written, until Ctrl-C.",
         .example = "datadrop events tail --after 0 --event MemberJoined,MemberLeft --format json",
         .more =
             "With --format json one JSON object a line; its cursor is what --after takes to go "
             "on behind it. A lost connection is made again, and goes on behind the last event "
             "printed. When the log's history is another one than the events were of, since "
             "its database was restored or failed over to an earlier moment, it says so and "
             "ends with exit code 1."},
        works_on::server, [asked](const settings& told) { return tail(told, *asked); });
    command.add_option("--after", asked->after,
                       "Begin behind this cursor or position (several partitions: joined by "
                       "commas); 0 is the beginning, without it only what comes now is printed");
    command.add_option("--guild", asked->guild, "Of this guild only")->check(snowflake());
    command
        .add_option("--event", asked->events,
                    "Of these types only, such as MemberJoined,MemberLeft; may be given again")
        ->delimiter(',')
        ->check(one_of(domain::names<domain::event_kind>));
}

} // namespace datadrop::processor::cli
