#pragma once
// The course of a load: ready, go, warm-up, measured time, end. It keeps the time and speaks to
// whoever started the process; what is sent is the loops' own. Used by the main thread; the loops
// run on other threads.

#include "processor/trials/bench/loads/load_book.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <condition_variable>
#include <exception>
#include <functional>
#include <iosfwd>
#include <mutex>

namespace datadrop::processor::trials::bench {

/// Sends one command after the other until the book gives none.
using load_loop = std::function<boost::asio::awaitable<void>()>;

class load_course {
  public:
    load_course(const load_spec& spec, load_book& book, std::istream& in, std::ostream& out);

    /// Says "ready" and returns at "go". Throws `refused` for anything else.
    void get_ready();

    /// Puts as many loops as may be in flight on the context, which other threads run; says
    /// "measuring" and "measured"; returns once every loop has ended. One that throws ends the
    /// others. `over` is for loops that wait for more than an answer: it makes them look whether
    /// the book is closed.
    void run(boost::asio::io_context& io, const load_loop& loop,
             const std::function<void()>& over = {});

    /// What the first loop threw, if one did.
    void rethrow_failure() const;

  private:
    void say(const char* word);
    void start(boost::asio::io_context& io, const load_loop& loop);
    void warm_up();
    void begin_measuring();
    void loop_ended(std::exception_ptr failure);
    bool all_end_within(std::chrono::milliseconds time);

    const load_spec& spec_;
    load_book& book_;
    std::istream& in_;
    std::ostream& out_;
    std::mutex mutex_;
    std::condition_variable ended_;
    int running_ = 0; // guarded by mutex_, as the next
    std::exception_ptr failure_;
};

} // namespace datadrop::processor::trials::bench
