#pragma once
// Statements that are sent one behind the other over a connection of libpq's, without a wait for
// the answer of the one before: its pipeline mode (chapter 34.5 of PostgreSQL's manual). Each is a
// transaction of its own, and answered once that is over. For the session, which owns the
// connection, and uses it for nothing else meanwhile. One thread at a time; no call blocks.

#include "eventstore/postgres/driver/answer_limit.hpp"
#include "eventstore/postgres/driver/libpq_statement.hpp"

#include <chrono>
#include <deque>
#include <optional>
#include <string>

namespace datadrop::eventstore::postgres {

class pipeline {
  public:
    /// Without an answer for so long the socket is shut; 0 = no limit.
    pipeline(PGconn* connection, std::chrono::milliseconds answer_max)
        : connection_(connection), answer_max_(answer_max) {}

    /// Sends a prepared statement. Throws connection_lost.
    void send(const std::string& name, const params& values, const type_numbers& types);
    bool empty() const { return sent_ == 0; }
    bool has_unsent() const { return has_unsent_; }

    /// Sends what can be sent now, and takes in what has come. Throws connection_lost.
    void advance();
    /// The answer of the oldest statement, once its transaction is over; nothing before. Throws
    /// connection_lost, and statement_refused when that is its answer.
    std::optional<held_result> next();

    /// The server was silent for too long.
    bool is_overdue() const { return !limits_.empty() && limits_.front().is_over(); }

  private:
    void flush();
    void begin();
    void end();

    PGconn* connection_;
    std::chrono::milliseconds answer_max_;
    std::size_t sent_ = 0; // and not answered
    bool has_unsent_ = false;
    held_result held_{}; // the oldest's answer, while its transaction ends
    std::deque<answer_limit> limits_;
};

} // namespace datadrop::eventstore::postgres
