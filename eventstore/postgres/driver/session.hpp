#pragma once
// driver/ is how we talk to PostgreSQL, whatever about: sessions, transactions, parameters, rows,
// COPY. It knows nothing of the log; all that speaks SQL calls it, here and in later layers.
//
// A session is a connection, the only place that knows libpqxx (6.4 and 7.10): named statements
// with bound parameters in, text columns out.
// One thread at a time; calls block.

#include "eventstore/postgres/driver/copy_format.hpp"
#include "eventstore/postgres/driver/params.hpp"
#include "eventstore/postgres/driver/rows.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace datadrop::eventstore::postgres {

/// The server cannot be reached, the connection broke, or the server is shutting down: whether the
/// statement under way had an effect is not known. The text says which, and what the server said.
struct connection_lost : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The server is there but is a standby, or set to read only: what is to be written has no place.
struct takes_no_writes : connection_lost {
    using connection_lost::connection_lost;
};

/// The server was silent for longer than options::answer_timeout.
struct answer_overdue : connection_lost {
    using connection_lost::connection_lost;
};

/// The server refused a statement; nothing of it, or of its transaction, was done.
struct statement_refused : std::runtime_error {
    statement_refused(const std::string& what, std::string sqlstate_)
        : std::runtime_error(what), sqlstate(std::move(sqlstate_)) {}
    std::string sqlstate; // PostgreSQL's five letters
};

/// Of the libraries that sessions speak through, in their own words.
struct driver_versions {
    std::string libpq;
    std::string libpqxx;
};
driver_versions versions_of_driver();

/// What servers say besides answers (warnings), on the thread of the session that hears it; nobody
/// hears it unless told. Severity as PostgreSQL names it: "WARNING", "NOTICE", …
using notice_sink = void (*)(std::string_view severity, std::string_view text);
void tell_notices_to(notice_sink sink);

enum class isolation : std::uint8_t { read_committed, repeatable_read_read_only };

class session {
  public:
    struct options {
        std::string database; // libpq URL or key/value string
        std::string application_name = "datadrop";
        std::chrono::milliseconds connect_timeout{5000};
        std::chrono::milliseconds statement_timeout{30000}; // the server's; 0 = none
        /// For how long a statement's answer is waited for, whatever keeps it: connection_lost
        /// afterwards. Longer than statement_timeout, which does not count a commit. 0 = no limit.
        std::chrono::milliseconds answer_timeout{0};
    };

    /// Connects, and sets all that the forms of values hang on. Throws connection_lost, with what
    /// the server said when it turns one away (wrong password, no such database, too many clients),
    /// takes_no_writes, and statement_refused.
    explicit session(options o);
    ~session();
    session(const session&) = delete;
    session& operator=(const session&) = delete;

    /// Runs one statement, prepared under its text the first time; outside begin … commit a
    /// transaction of its own. Throws connection_lost, statement_refused.
    rows run(std::string_view sql, const params& values = {});

    /// Statements one behind the other, sent without a wait for the answer of the one before, each
    /// in a transaction of its own. While any is under way only these are called, and none of them
    /// blocks but the first, which makes ready for statements like it.
    void prepare_to_send(std::string_view sql, std::span<const std::string_view> record_types);
    /// Throws connection_lost.
    void send(std::string_view sql, const params& values);
    bool has_sent() const;   // what is not answered
    bool has_unsent() const; // what waits until the socket can be written to
    int socket() const;
    /// Sends what can be sent now, and takes in what has come. Throws connection_lost.
    void advance();
    /// The oldest statement's answer, if it was taken in. Throws connection_lost, and
    /// statement_refused when that is the answer.
    std::optional<rows> next_answer();

    /// Runs a script of several statements without parameters (migrations).
    void run_script(std::string_view sql);

    /// Runs a COPY … TO STDOUT (FORMAT binary); the numbers are its $1, $2, …, since COPY has no
    /// parameters. What `each` throws passes, behind the last row. Throws as run.
    void copy_out(std::string_view sql, std::initializer_list<std::int64_t> numbers,
                  const std::function<void(copied_row&)>& each);

    /// Runs a COPY … FROM STDIN (FORMAT binary). Throws as run.
    void copy_in(std::string_view sql, copied_rows rows);

    /// From now on, instead of the options' statement_timeout; 0 = as long as it takes. Throws as
    /// run.
    void limit_statements(std::chrono::milliseconds time_max);

    /// For `transaction`, which owns what is begun. One that writes is durable at its commit,
    /// whatever the role or the database says.
    void begin(isolation level = isolation::read_committed);
    void commit();
    void rollback() noexcept;    // nothing outside a transaction
    bool in_transaction() const; // as the connection knows it, a failed one too
    /// The server's backend, and when it started, which tells it from a later one of that id.
    int backend_pid() const;
    const std::string& backend_start() const;

    const options& settings() const;

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace datadrop::eventstore::postgres
