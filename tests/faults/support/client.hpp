#pragma once
// A client that does not rest until every command it has sent is settled: after a lost connection,
// an `unavailable` or silence the same key goes out again, at the next door. It notes every
// sending. One thread an object.

#include "domain/dead_letter.hpp"
#include "tests/e2e/support/http.hpp"
#include "tests/faults/support/journal.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace datadrop::test {

struct client_options {
    std::string name; // its token's
    std::string token;
    std::vector<port_number> doors;             // of all processors
    std::chrono::milliseconds patience{20'000}; // for how long an answer is waited for
};

enum class body : std::uint8_t { one_command, array };

class client {
  public:
    client(client_options o, journal& notes);

    /// The outcomes, in the order of the commands. One that was not settled within a minute has
    /// the last thing that was said.
    std::vector<boost::json::object> deliver(const std::vector<boost::json::object>& commands,
                                             body form, std::size_t first_door);
    boost::json::object deliver(const boost::json::object& command, std::size_t first_door = 0);

    /// One sending, whatever comes of it.
    boost::json::object send(const boost::json::object& command, std::size_t to = 0);

    /// The dead letters that wait for an operator, as far as a page goes; none when they cannot be
    /// had.
    std::vector<std::string> parked_letters(std::size_t to);

    /// Asks once for a redrive, with the command's expectations dropped, or for a discard: the
    /// answer, or {"outcome":"none"}.
    boost::json::object remediate(const std::string& dead_letter, domain::remediation verb,
                                  std::size_t to = 0);

  private:
    /// A command that is not settled, and its place in the order asked for.
    struct open_command {
        std::size_t place = 0;
        std::int64_t submission = 0;
        boost::json::object command{};
    };

    std::vector<boost::json::object> send_all(const std::vector<open_command>& open, body form,
                                              std::size_t to);
    http_answer exchange(const http_request& what, std::size_t to);

    client_options options_;
    journal& notes_;
    std::vector<std::optional<connection>> connections_; // a door each
};

} // namespace datadrop::test
