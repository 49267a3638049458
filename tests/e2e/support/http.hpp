#pragma once
// HTTP as a client speaks it: a connection that is kept, which can also send what no client would,
// and a reader of server-sent events. Every wait has a deadline.
//
// One thread an object.

#include <boost/json/value.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace datadrop::test {

using port_number = std::uint16_t;

struct http_answer {
    int status = 0;
    std::map<std::string, std::string> headers{}; // names in lower case
    std::string body{};
    bool kept = false; // the connection takes another request

    std::string header(const std::string& name) const;
    std::string type() const; // the media type without its parameters
    /// Throws boost::system::system_error when the body is no JSON.
    boost::json::value json() const;
    /// A member of the JSON object as text, numbers too; empty when it is not there.
    std::string field(std::string_view name) const;
};

struct http_request {
    std::string method = "GET";
    std::string target = "/";
    std::string body{};
    std::string type = "application/json"; // of the body; empty: none is said
    std::map<std::string, std::string> headers{};
};

class connection {
  public:
    /// Throws boost::system::system_error when nobody listens, as all of this class for what the
    /// network does.
    explicit connection(port_number port, std::string token = {});
    ~connection();
    connection(connection&&) noexcept;
    connection& operator=(connection&&) noexcept;

    http_answer send(const http_request& what);
    http_answer get(const std::string& target) { return send({.target = target}); }
    http_answer post(const std::string& target, const boost::json::value& body);
    http_answer post_text(const std::string& target, std::string body);

    /// Bytes as they are.
    void write(std::string_view bytes);
    /// The next answer; nothing when the other side ends the connection instead. Throws
    /// std::runtime_error when neither happens in time.
    std::optional<http_answer> read(std::chrono::milliseconds limit = std::chrono::seconds{30});

    /// The request as bytes, with this connection's token.
    std::string bytes_of(const http_request& what) const;

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

struct feed_event {
    std::string id;
    std::string type;
    boost::json::value data;
};

class feed {
  public:
    struct options {
        std::optional<std::string> after{};
        std::optional<std::string> last_event_id{};
        std::string filter{}; // parameters besides `after`: "guild_id=5&event=MemberLeft"
        bool kept = true;     // among the exchanges; not of one that is long
    };

    /// Throws std::runtime_error when the answer is not 200 with text/event-stream.
    feed(port_number port, const std::string& token, const options& o);
    ~feed();

    /// The next event; nothing when the feed ends. Throws std::runtime_error when neither happens
    /// in time.
    std::optional<feed_event> next(std::chrono::milliseconds limit = std::chrono::seconds{10});

    /// What a client that is cut off now would send as Last-Event-ID.
    const std::string& last_id() const;

    /// The answer's header, as http_answer gives it.
    const http_answer& head() const;
    /// After how many milliseconds a client that lost the feed is to come again; nothing before it
    /// was told.
    std::optional<int> retry() const;

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace datadrop::test
