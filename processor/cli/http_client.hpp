#pragma once
// Speaks to a running server for the commands that work through its front door: one request at a
// time over a connection that is kept, and one that follows the feed. Calls block; one thread.

#include "processor/cli/server_url.hpp"
#include "processor/cli/settings.hpp"

#include <boost/json/value.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace datadrop::processor::cli {

struct http_answer {
    unsigned status = 0;
    std::string body;
    std::chrono::seconds retry_after{1};
    bool ok() const { return status >= 200 && status < 300; }
};

class http_client {
  public:
    /// `ca_file` is server_link's.
    http_client(server_url server, std::string token,
                std::optional<std::filesystem::path> ca_file = {});
    ~http_client();
    http_client(http_client&&) noexcept;

    /// Throw `unreachable`, naming the server: no connection within 5 s, a certificate that is not
    /// trusted, no answer within 60 s, or a connection that broke twice. A request may be sent a
    /// second time when a kept connection turns out to be closed: what is sent here is safe to
    /// repeat, by its idempotency key or because it is so on the server.
    http_answer get(std::string_view target);
    http_answer post(std::string_view target, std::string json);
    /// The same, with an If-Match; none when it is empty.
    http_answer post(std::string_view target, std::string json, std::string_view if_match);

    enum class stream_end : std::uint8_t { dropped, refused };

    /// Hands the body of an answer with status 200 to `take`, piece by piece, until the connection
    /// ends or is silent for 60 s: dropped. Any other answer is refused and stands in `answer`.
    /// Throws `unreachable` when there is no answer at all.
    stream_end follow(std::string_view target, const std::function<void(std::string_view)>& take,
                      http_answer& answer);

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

/// The server and the token that the settings name. Throws usage_error without a token.
http_client client_of(const settings& told);

/// The body as JSON. Throws as throw_problem when the answer is no success, `refused` when it is
/// no JSON.
boost::json::value json_of(const http_answer& answer);

/// What a problem says (RFC 9457: detail, else title), with its code; else the status.
std::string problem_text(const http_answer& answer);

/// Throws `unreachable` for status 503, the server without its database, and `refused` for any
/// other, with the problem's text.
[[noreturn]] void throw_problem(const http_answer& answer);

} // namespace datadrop::processor::cli
