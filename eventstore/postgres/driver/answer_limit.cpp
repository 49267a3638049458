#include "eventstore/postgres/driver/answer_limit.hpp"

#include <pthread.h>
#include <sys/socket.h>

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

namespace datadrop::eventstore::postgres {
namespace {

using std::chrono::steady_clock;
using limit = std::pair<steady_clock::time_point, int>; // when a socket's time is over

/// One for all sessions, since a thread each would cost more than the sessions' own.
class watch {
  public:
    watch() : thread_([this] { run(); }) {}

    ~watch() {
        {
            const std::lock_guard alone(mutex_);
            stopping_ = true;
        }
        changed_.notify_all();
        thread_.join();
    }

    void add(const limit& l) {
        // Nearly every new limit ends after one that is known already: waking the thread for it
        // would cost each call a switch.
        bool is_early = false;
        {
            const std::lock_guard alone(mutex_);
            limits_.insert(l);
            is_early = l.first < wakes_at_;
        }
        if (is_early) changed_.notify_all();
    }

    void remove(const limit& l) {
        const std::lock_guard alone(mutex_);
        limits_.erase(l);
    }

  private:
    void run() {
        pthread_setname_np(pthread_self(), "answer limit");
        std::unique_lock lock(mutex_);
        while (!stopping_) {
            for (; !limits_.empty() && limits_.begin()->first <= steady_clock::now();
                 limits_.erase(limits_.begin()))
                // Shut and not closed: the number stays the session's until that closes it itself.
                ::shutdown(limits_.begin()->second, SHUT_RDWR);
            // A limit that is gone meanwhile is not told: it costs one wake-up at its end, where
            // being told would cost one a call.
            wakes_at_ = limits_.empty() ? steady_clock::time_point::max() : limits_.begin()->first;
            if (limits_.empty())
                changed_.wait(lock);
            else
                changed_.wait_until(lock, wakes_at_);
        }
    }

    std::mutex mutex_; // guards the rest; a socket is shut under it, so it is not another's yet
    std::condition_variable changed_;
    std::set<limit> limits_;
    steady_clock::time_point wakes_at_ = steady_clock::time_point::max();
    bool stopping_ = false;
    std::thread thread_; // last: it uses the others
};

watch& the_watch() {
    static watch only;
    return only;
}

} // namespace

answer_limit::answer_limit(int socket, std::chrono::milliseconds wait_max)
    : end_(steady_clock::now() + wait_max), socket_(socket) {
    the_watch().add({end_, socket_});
}

answer_limit::~answer_limit() { the_watch().remove({end_, socket_}); }

} // namespace datadrop::eventstore::postgres
