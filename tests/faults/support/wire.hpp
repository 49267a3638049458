#pragma once
// PostgreSQL's wire protocol, version 3, as far as a proxy has to understand it: where a message
// ends, and which statement it begins to run. A message is a letter and a length (big-endian, with
// itself, without the letter) before its body; the client's first has no letter.
// No I/O; one thread an object.

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace datadrop::test {

struct wire_message {
    char type = 0; // 0: the client's first
    std::string bytes{};

    std::string_view body() const;
};

/// Cuts a stream into its messages, whatever pieces it comes in.
class message_splitter {
  public:
    enum class from : bool { server, client };
    explicit message_splitter(from side) : awaits_first_(side == from::client) {}

    void feed(std::string_view bytes) { pending_ += bytes; }
    /// The next whole message; nothing until more was fed.
    std::optional<wire_message> next();

  private:
    std::string pending_;
    bool awaits_first_;
};

/// Follows which statements a client prepares, to know what it runs.
class statement_reader {
  public:
    /// The SQL that this message begins to run: a simple query, or a prepared statement's by its
    /// name. Nothing for any other message.
    std::optional<std::string> begun_by(const wire_message& m);

  private:
    std::map<std::string, std::string, std::less<>> prepared_;
};

/// Whether the client waits for an answer behind this message.
bool ends_request(const wire_message& m);
/// Whether the server has said all that it has to say to a request.
bool ends_answer(const wire_message& m);

} // namespace datadrop::test
