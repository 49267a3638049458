#pragma once
// What stands behind the front doors: the core with its database workers, the readers, the
// projectors and the credentials, wired to one io_context.
//
// Thread rule: every member function is called on the io_context's only thread, and every
// coroutine resumes there. Database calls run on worker threads of the service's own.

#include "eventstore/fingerprint.hpp"
#include "eventstore/log.hpp"
#include "eventstore/tokens.hpp"
#include "processor/core/actions.hpp"
#include "processor/core/outcome.hpp"
#include "processor/service/call_meter.hpp"
#include "processor/service/credentials.hpp"
#include "processor/service/figures_watch.hpp"
#include "processor/service/readers.hpp"
#include "processor/service/remediation.hpp"
#include "processor/service/sentinel.hpp"
#include "processor/service/service_settings.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace datadrop::processor {

/// The database is there and does not give what a server needs of it: what, and the remedy.
struct start_refused : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Counters since the start, and gauges of this moment, for /metrics.
struct service_figures {
    std::uint64_t appends = 0; // statements that wrote or checked chains
    std::uint64_t appended_chains = 0;
    std::uint64_t conflicts = 0; // attempts that met another head or a stale expectation
    std::uint64_t reservations = 0;
    std::uint64_t parked = 0;
    std::uint64_t log_regressions = 0; // times that a partition's end was found to have gone back
    std::size_t queued = 0;            // commands admitted and not yet answered
    std::size_t queue_limit = 0;
    std::size_t cached_members = 0;
    bool projecting = false;                      // this process holds a partition's projector
    std::uint64_t members_checked = 0;            // folded afresh by the sentinel
    std::uint64_t members_differed = 0;           // rows that were found to differ, each once
    bool ready = false;                           // as service::ready
    bool database_up = false;                     // it answers
    std::vector<std::int64_t> lag_events{};       // of the read model, by partition
    looked_up_figures looked_up{};                // of the read model, as old as it says
    std::array<call_figures, call_kinds> calls{}; // of the database, by kind
};

class read_model_care;

class service {
  public:
    /// Opens nothing yet. Throws nothing.
    service(boost::asio::io_context& io, service_settings settings);
    ~service();
    service(const service&) = delete;
    service& operator=(const service&) = delete;

    /// Connects, checks the schema and the role's rights, loads the credentials and the key, opens
    /// every connection that it will use (settings.connections() of them) and starts the workers.
    /// Blocks; called before the io_context runs. Throws eventstore::unavailable, start_refused,
    /// eventstore::postgres::schema_failure, sessions_not_ours.
    void start();

    /// Returns once every command that was admitted is answered: within the budget plus the
    /// database's time-outs. None may be submitted any more. The workers end with the object, after
    /// the io_context has stopped.
    boost::asio::awaitable<void> stop();

    /// Runs the commands to their ends; outcomes in the places of the commands. Commands of one
    /// member are processed in order. All are `overloaded` when the queue has no room for all, or
    /// a guild of them no share of it left. A place without a command (null) is kept, and what
    /// stands there then means nothing.
    boost::asio::awaitable<std::vector<outcome>> submit(std::vector<command_ptr> commands);

    /// Throws eventstore::unavailable, as the next two.
    boost::asio::awaitable<remediation_answer> redrive(redrive_request request);
    boost::asio::awaitable<remediation_answer> discard(eventstore::letter_seen letter,
                                                       domain::command_discarded what);

    /// A run was started or stopped: it is carried out, or not any more, at once.
    void runs_changed();

    /// Runs `work(reader&)` on a reader's thread and gives its result. Throws what it throws.
    template <typename Work>
    auto read(Work work) -> boost::asio::awaitable<std::invoke_result_t<Work, reader&>> {
        return pool().read(std::move(work));
    }

    /// True once the projection shows that position, false when the wait ends before.
    boost::asio::awaitable<bool> projection_reaches(eventstore::cursor position,
                                                    std::chrono::milliseconds wait_max);

    /// Returns when the log may hold something behind the cursor, or when the wait ends.
    boost::asio::awaitable<void> log_moves(eventstore::cursor seen,
                                           std::chrono::milliseconds wait_max);

    /// Where the log was last seen to end.
    const eventstore::cursor& tails_seen() const;

    /// Who shows the token, by its hash, compared in constant time. A revoked token, and one past
    /// its end, is refused within 5 s; a token that is not known yet is looked up at once. Throws
    /// eventstore::unavailable when it cannot be.
    boost::asio::awaitable<sign_in> authenticate(eventstore::token_hash token);

    /// Whether the token is in force, as far as is known now, and may read: it is used so.
    bool may_read(const eventstore::token_hash& token) const;

    /// The writers have connections and rights, and saw within half a second that they can write.
    bool ready() const;

    int partitions() const;
    boost::asio::io_context& context() const; // whose thread it is
    const eventstore::fingerprint_key& key() const;
    service_figures figures() const;
    /// What operators ask to be done with the read model.
    read_model_care& care();
    /// What the sentinel found of the read model.
    sentinel_figures watched() const;

  private:
    readers& pool();

    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace datadrop::processor
