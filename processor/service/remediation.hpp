#pragma once
// What operators do to dead letters: a redrive goes through the core like any command, a discard is
// written by a reader. Each is safe to ask again. One that says at which event the letter was seen
// is done to that or not at all: the log compares under its lock, so of two operators who saw the
// same one wins, and the other is told. On the io_context's thread.

#include "domain/dead_letter.hpp"
#include "domain/envelope.hpp"
#include "eventstore/log.hpp"
#include "processor/core/judge.hpp"
#include "processor/core/outcome.hpp"
#include "processor/service/readers.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace datadrop::processor {

class command_shell;

/// An operator's redrive. An expectation is kept as received (outer nothing), dropped (inner
/// nothing) or replaced.
struct redrive_request {
    eventstore::dead_letter_id id{};
    domain::submitter by;
    std::optional<std::string> reason{};
    std::optional<std::optional<domain::state>> expected_state{};
    std::optional<std::optional<domain::stream_version>> expected_version{};
    std::optional<std::optional<std::int64_t>> expected_lifecycle{};
    std::optional<eventstore::global_position> seen{}; // the letter's last event, as letter_seen
};

/// What a redrive would come to if the member stayed as it is; nothing is done.
struct redrive_preview {
    std::vector<eventstore::stored_dead_letter_event> letter{}; // none if unknown
    bool is_open = false; // else it is closed, and a redrive would write nothing
    eventstore::head now{};
    verdict would{};
    domain::on_conflict conflict{};
};

struct remediation_answer {
    eventstore::remediation_fate fate{};
    std::vector<eventstore::stored_dead_letter_event> letter{}; // as it stands now; none if unknown
    std::optional<outcome> result{};                            // of a redriven command
};

/// The parked command under the operator's name, with the expectations that the operator chose.
std::shared_ptr<const domain::envelope> redriven_command(const domain::command_parked& letter,
                                                         const redrive_request& request);

/// Both throw eventstore::unavailable.
boost::asio::awaitable<remediation_answer> redrive(command_shell& through, readers& from,
                                                   redrive_request request);
boost::asio::awaitable<remediation_answer> discard(readers& by, eventstore::letter_seen letter,
                                                   domain::command_discarded what);

/// Blocks; on a reader's thread. Throws eventstore::unavailable.
redrive_preview preview(eventstore::log& from, const redrive_request& request);

} // namespace datadrop::processor
