#pragma once
// A bot's and an API's clients racing over the same members, with the demo's script, until they are
// told to end. Whatever they began is settled then, or the journal shows that it is not.
// One thread; finish() blocks.

#include "tests/faults/support/client.hpp"

#include <cstdint>
#include <memory>

namespace datadrop::test {

struct load_options {
    client_options bot;
    client_options api;
    std::uint64_t seed = 1;
    int members = 30;
    int connections = 6;                     // of each of the two
    std::chrono::milliseconds think_time{0}; // of a connection, between two requests
};

class load {
  public:
    load(const load_options& o, journal& notes);
    ~load();

    /// Until so many sendings more were accepted; throws std::runtime_error, as the next, when
    /// that does not come to be.
    void wait_for_accepted(std::int64_t more);

    /// Until so many sendings more were in vain.
    void wait_for_unsettled(std::int64_t more);

    /// Nothing new is sent, and everything that was gets its outcome. Throws what ended a client.
    void finish();

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

} // namespace datadrop::test
