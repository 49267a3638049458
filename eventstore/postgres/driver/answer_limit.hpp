#pragma once
// A limit to how long an answer is waited for. libpq waits on its socket for as long as the other
// side is silent: a server that was frozen, a network that swallows packets, a commit that waits
// for a standby that is away. One thread of the process watches, and shuts the sockets whose time
// is over, which the waiting call meets as a lost connection. Every thread.

#include <chrono>

namespace datadrop::eventstore::postgres {

class answer_limit {
  public:
    /// From now on and until the end of the object the socket may be silent for `wait_max` (above
    /// 0). The socket must stay open that long.
    answer_limit(int socket, std::chrono::milliseconds wait_max);
    ~answer_limit();

    /// The time was over before now.
    bool is_over() const { return std::chrono::steady_clock::now() >= end_; }

    answer_limit(const answer_limit&) = delete;
    answer_limit& operator=(const answer_limit&) = delete;

  private:
    std::chrono::steady_clock::time_point end_;
    int socket_;
};

} // namespace datadrop::eventstore::postgres
