#pragma once
// The database server of a simulated run: backends that wait for a partition's tail, execute and
// commit, each step taking its time, and that go on when their client is gone. What is committed
// stands in the log in memory, which one behaviour suite holds to PostgreSQL's words; here is what
// PostgreSQL does around it: queues for the lock, its time-outs, lost connections, restarts.
//
// A statement that writes has its effect at its commit, in one instant: it holds the tail's lock
// from its beginning until then, so nobody can tell the difference.
//
// One thread.

#include "eventstore/memory/memory_log.hpp"
#include "tests/sim/support/environment.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace datadrop::sim {

enum class ending : std::uint8_t {
    done,
    refused, // an error: nothing of it, or of its transaction, was done
    lost,    // the connection is gone; the statement may or may not have had its effect
};
using on_ending = std::function<void(ending)>;

/// A statement as the backend sees it.
struct statement {
    enum class form : std::uint8_t {
        read,     // sees what is committed when it begins
        write,    // locks the tail, and has its effect when it commits
        reserve,  // locks the tail, reads under it, and keeps it: a transaction is open
        stay,     // one more statement of that transaction, which has its effect with the commit
        commit,   // of that transaction
        rollback, // of that transaction
    };
    form is{};
    eventstore::partition_number partition{};
    microseconds lock_wait_max{};
    std::function<void(eventstore::log&)> effect{};
};

class server {
  public:
    struct backend;
    using backend_ptr = std::shared_ptr<backend>;

    /// `committed` is called after each commit that may have written.
    server(environment& shared, std::function<void()> committed);
    ~server();

    /// A new connection's backend; nothing while the server is away.
    backend_ptr connect();
    void send(const backend_ptr& to, statement what, on_ending reply);
    /// The client is gone: the backend finishes what it runs, then ends.
    void lose_client(const backend_ptr& of);
    /// Ends a backend and tells whether it is gone.
    void fence(const backend_ptr& old, std::function<void(bool)> gone);
    /// Keeps what is committed now …
    void back_up();
    /// … and goes back there, as a restore does: with it goes every connection.
    void restore();
    /// All connections are lost with what is not committed; new ones are refused for so long.
    void restart(microseconds away);

    eventstore::log& log() { return *log_; }

  private:
    struct tail {
        backend_ptr holder;
        std::deque<backend_ptr> waiting;
    };

    void begin(const backend_ptr& b);
    void wait_for_tail(const backend_ptr& b);
    void run(const backend_ptr& b);
    void finish(const backend_ptr& b);
    void refuse(const backend_ptr& b);
    void reply(const backend_ptr& b, ending how);
    void watch_idle(const backend_ptr& b);
    void end(const backend_ptr& b);
    void let_go(const backend_ptr& b);
    tail& tail_of(const backend& b);

    environment& shared_;
    std::function<void()> committed_;
    std::shared_ptr<eventstore::memory::store> store_;
    std::shared_ptr<eventstore::memory::store> backup_;
    std::unique_ptr<eventstore::log> log_;
    std::vector<tail> tails_;
    std::vector<std::weak_ptr<backend>> backends_;
    microseconds away_until_{};
    int backends_started_ = 0;
};

} // namespace datadrop::sim
