#pragma once
// Brings commands through the server's front door in arrays, and every command to its outcome: a
// server that is busy or cannot reach its database is waited for, with the same keys, so that
// nothing is done twice. One thread; calls block.

#include "processor/cli/http_client.hpp"
#include "processor/cli/ndjson.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <cstddef>
#include <vector>

namespace datadrop::processor::cli {

inline constexpr std::size_t batch_lines_max = 500;
inline constexpr std::size_t batch_bytes_max = 768 * 1024; // below the server's limit of 1 MiB

/// {"outcome":"invalid","line":N,"code","detail"}.
boost::json::object invalid_outcome(std::int64_t line, std::string_view code,
                                    std::string_view detail);

class command_sender {
  public:
    explicit command_sender(http_client& client) : client_(client) {}

    /// The outcomes of the lines, in their order; an unreadable line's without asking the server.
    /// Throws `refused`: a wrong token or a missing scope, or a queue that was full for a minute.
    /// Throws `unreachable`: at the first request at once, later after a minute.
    std::vector<boost::json::object> send(const std::vector<input_line>& lines);

  private:
    struct pending {
        const input_line* line;
        boost::json::object* outcome; // where it goes
    };
    using deadline = std::chrono::steady_clock::time_point;

    /// One request; gives back those that shall be sent again.
    std::vector<pending> send_once(std::vector<pending> items, deadline until);
    http_answer post(const std::vector<pending>& items, deadline until);
    void settle_refused_body(std::vector<pending> items, const http_answer& answer, deadline until);
    void send_until_settled(std::vector<pending> items, deadline until);

    http_client& client_;
    bool reached_ = false;
};

} // namespace datadrop::processor::cli
