#pragma once
// Looks now and then at what an operator has to know of the database's content, so that whoever
// asks for figures waits for no database. How old they are is told. Between two looks is a second,
// or 20 times what one took: however many dead letters there are, looking costs one reader at most
// a twentieth of its time. The last figures stay while the database is away.
//
// Thread rule: the io_context's only thread; the looks run on a reader's.

#include "processor/service/readers.hpp"
#include "projections/figures.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>

namespace datadrop::processor {

struct looked_up_figures {
    projections::figures what{};
    std::chrono::system_clock::time_point at{}; // 1970 before the first look that was answered
};

class figures_watch {
  public:
    /// Looks from the first turn of the io_context on. `by` outlives it.
    figures_watch(boost::asio::io_context& io, readers& by);

    const looked_up_figures& last() const { return last_; }

  private:
    boost::asio::awaitable<void> run();
    boost::asio::awaitable<void> look();

    readers& by_;
    boost::asio::steady_timer pause_;
    looked_up_figures last_;
};

} // namespace datadrop::processor
