#pragma once
// The address that clients know a processor by: it stays while processors come and go behind it,
// and can keep a reply from the client that waits for it.
//
// Thread rule: everything from every thread. Work goes on on a thread of its own.

#include "tests/e2e/support/http.hpp"

#include <chrono>
#include <memory>

namespace datadrop::test {

class front_door {
  public:
    front_door(); // on a free port of loopback
    ~front_door();

    port_number port() const;

    /// Where a connection that comes in from now on leads to.
    void lead_to(port_number processor);

    /// The next reply of the processor is not handed on; its connection is closed instead.
    void cut_next_reply();
    /// Until that has happened. False when it does not in time.
    bool wait_until_cut(std::chrono::milliseconds limit = std::chrono::seconds{10});

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace datadrop::test
