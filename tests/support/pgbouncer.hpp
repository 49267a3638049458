#pragma once
// A real PgBouncer in front of a private PostgreSQL, on a socket in a folder of its own. It is gone
// with the object, and with the process when that is killed. One thread; calls block.

#include "tests/support/database.hpp"

#include <string>

#include <sys/types.h>

namespace datadrop::test {

/// Debian's package puts it where only root looks.
inline constexpr const char* pgbouncer_program = "/usr/sbin/pgbouncer";

class pgbouncer {
  public:
    struct options {
        std::string pool_mode = "session"; // session, transaction or statement
        std::string more{};                // lines of its configuration
    };

    /// In front of the server of that database. Throws std::runtime_error, with what it said, when
    /// it does not come up.
    pgbouncer(const scratch_database& database, options o);
    ~pgbouncer();
    pgbouncer(const pgbouncer&) = delete;
    pgbouncer& operator=(const pgbouncer&) = delete;

    /// The connection string of the database through it.
    const std::string& url() const { return url_; }

  private:
    temporary_folder folder_;
    std::string url_;
    pid_t process_ = 0;
};

} // namespace datadrop::test
