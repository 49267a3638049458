#pragma once
// What the tests' clients and real servers said to each other, for who compares it with the
// description of the interface: in the file that DATADROP_EXCHANGES names, nothing without one. A
// line each is a JSON object:
//
//     method, target, request     of the request; null when what was sent is no HTTP
//     status, headers, body       of the answer; of a feed what came of it
//
// Bodies are texts with a character a byte, since not all are UTF-8. Tokens are left out. An
// exchange with another than a server, a proxy for instance, is none of them.
//
// Every thread; an eavesdropper is one thread's.

#include "tests/e2e/support/http.hpp"

#include <string>
#include <string_view>

namespace datadrop::test {

/// Whose answers are kept: those of a server while it is there.
class answering_server {
  public:
    explicit answering_server(port_number port);
    ~answering_server();
    answering_server(const answering_server&) = delete;
    answering_server& operator=(const answering_server&) = delete;

  private:
    port_number port_;
};

/// Follows one connection.
class eavesdropper {
  public:
    explicit eavesdropper(port_number port) : port_(port) {}

    void sent(std::string_view bytes);
    /// Whether the next answer is one to HEAD.
    bool expects_no_body() const { return sent_.starts_with("HEAD "); }
    /// Takes the request that is answered off what was sent.
    void answered(const http_answer& answer);

  private:
    port_number port_;
    std::string sent_; // and not yet answered
};

} // namespace datadrop::test
