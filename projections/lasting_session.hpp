#pragma once
// How the projections hold a session: connected when first used and again after a loss, which
// callers meet as eventstore::unavailable. One thread at a time; calls block.

#include "eventstore/log.hpp"
#include "eventstore/postgres/driver/session.hpp"

#include <optional>
#include <utility>

namespace datadrop::projections {

/// Runs what speaks to the database. Throws eventstore::unavailable for connection_lost.
template <typename Run>
auto reachable(Run&& run) {
    try {
        return std::forward<Run>(run)();
    } catch (const eventstore::postgres::connection_lost& e) {
        throw eventstore::unavailable(e.what());
    }
}

/// Sets a session up for the statements of this folder.
void prepare_session(eventstore::postgres::session& db);

class lasting_session {
  public:
    explicit lasting_session(eventstore::postgres::session::options o) : options_(std::move(o)) {}

    /// How many sessions there were, the one that is open included: what belongs to a session is
    /// gone when the number is another.
    int session_number() const { return opened_; }

    /// Connects unless there is a session. Throws eventstore::unavailable.
    void connect();

    /// Runs with a session, a new one when there is none; once more with another when an older one
    /// is lost, which an idle limit or a restart may have ended long before. What is run may have
    /// begun twice then. Throws eventstore::unavailable; statement_refused passes.
    template <typename Run>
    auto run(Run&& with_session) {
        return reachable([&] {
            const bool is_old = session_.has_value();
            try {
                return once(with_session);
            } catch (const eventstore::postgres::answer_overdue&) {
                throw; // it was waited for long enough
            } catch (const eventstore::postgres::connection_lost&) {
                if (!is_old) throw;
            }
            return once(with_session);
        });
    }

  private:
    void open();

    template <typename Run>
    auto once(Run& with_session) {
        try {
            open();
            return with_session(*session_);
        } catch (const eventstore::postgres::connection_lost&) {
            session_.reset();
            throw;
        }
    }

    eventstore::postgres::session::options options_;
    std::optional<eventstore::postgres::session> session_{};
    int opened_ = 0;
};

} // namespace datadrop::projections
