#pragma once
// Stands between a processor and its PostgreSQL, on unix sockets at both ends, and interferes with
// a statement at a moment that a test names. One rule at a time, which fires once.
//
// Thread rule: everything from every thread. Work goes on on a thread of its own.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace datadrop::test {

enum class statement_moment : std::uint8_t {
    before, // it has not been sent on
    during, // it is on its way to the server, whole; what comes of it nobody here knows
    after,  // the server has answered, so it is done, and the answer has not been sent on
};

enum class interference : std::uint8_t {
    cut,     // both ends of the connection are closed
    swallow, // from here on, nothing gets through in either direction, and nobody is told
    hold,    // what is on its way waits until it is let go
};

/// Concerns the next statement whose SQL matches, behind one of its connection that does.
struct proxy_rule {
    std::string statement; // regular expressions, for a part of the text
    statement_moment when{};
    interference what{};
    std::string behind{};
};

class database_proxy {
  public:
    /// Listens in `folder`, and forwards to the server whose socket is in `server`. Throws
    /// boost::system::system_error.
    database_proxy(const std::filesystem::path& server, const std::filesystem::path& folder);
    ~database_proxy();

    /// The connection string of a database behind this proxy.
    std::string database(const std::string& name) const;

    void set(proxy_rule rule);
    /// Nothing is interfered with any more; what is held goes on.
    void clear();

    /// Until the rule that was set last has done what it says. False when it does not come to that
    /// in time.
    bool wait_until_fired(std::chrono::milliseconds limit = std::chrono::seconds{10});

    /// Whoever connects is turned away, until clear().
    void refuse_connections();
    /// Those that are there.
    void cut_connections();

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace datadrop::test
