#pragma once
// Debian's nginx and HAProxy in front of a server, configured as their packages are, as processes
// of their own on free ports. Stopped with the object.
// One thread; they throw std::runtime_error when they do not start.

#include "tests/e2e/support/http.hpp"
#include "tests/e2e/support/process.hpp"
#include "tests/support/database.hpp"

#include <cstdint>
#include <memory>

namespace datadrop::test {

enum class proxy_kind : std::uint8_t { nginx, haproxy };

class proxy {
  public:
    /// Passes on to that port of this machine, whoever listens there.
    proxy(proxy_kind which, port_number to);
    port_number port() const { return port_; }

  private:
    temporary_folder folder_;
    port_number port_;
    std::unique_ptr<process> process_;
};

/// One that nobody listens on now.
port_number free_port();

} // namespace datadrop::test
