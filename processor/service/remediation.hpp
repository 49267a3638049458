#pragma once
// What operators do to dead letters: a redrive goes through the core like any command, a discard is
// written by a reader. Each is safe to ask again. On the io_context's thread.

#include "domain/dead_letter.hpp"
#include "domain/envelope.hpp"
#include "eventstore/log.hpp"
#include "processor/core/outcome.hpp"
#include "processor/service/readers.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
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
};

struct remediation_answer {
    eventstore::remediation_fate fate{};
    std::vector<eventstore::stored_dead_letter_event> letter{}; // as it stands now; none if unknown
    std::optional<outcome> result{};                            // of a redriven command
};

/// Both throw eventstore::unavailable.
boost::asio::awaitable<remediation_answer> redrive(command_shell& through, readers& from,
                                                   redrive_request request);
boost::asio::awaitable<remediation_answer> discard(readers& by, eventstore::dead_letter_id id,
                                                   domain::command_discarded what);

} // namespace datadrop::processor
