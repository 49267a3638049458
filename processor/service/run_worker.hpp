#pragma once
// Carries out the runs that operators start (projections/letter_runs.hpp), in the background, one
// at a time. A redrive goes through the core like any command, many of them in flight; what came of
// each is recorded page by page. Each act is on the letter as it was selected and tells its run in
// its reason: so a run that was cut off anywhere, or that two servers carry out at once, repeats
// nothing and skips nothing, and what was done but not recorded is found by its event.
//
// On the io_context's thread.

#include "processor/core/actions.hpp"
#include "processor/service/readers.hpp"
#include "processor/service/signal.hpp"
#include "projections/letter_runs.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace datadrop::processor {

/// The reason of a run's acts.
std::string reason_in_run(const std::string& reason, projections::run_id id);

class run_worker {
  public:
    using submit_all =
        std::function<boost::asio::awaitable<std::vector<outcome>>(std::vector<submission>)>;

    /// `page_max` acts are under way at once. Nothing is looked for unless `able`. `acted` is told
    /// when something was written past the core.
    run_worker(boost::asio::io_context& io, readers& by, int partitions, std::size_t page_max,
               submit_all submit, std::function<bool()> able, std::function<void()> acted);

    /// Looks for runs until stop(). Never ends by an exception.
    boost::asio::awaitable<void> work();
    /// A run was started, or stopped.
    void nudge() { turn_.notify_all(); }
    /// Returns once nothing is under way any more. What is open goes on with the next server.
    boost::asio::awaitable<void> stop();

  private:
    using run = projections::letter_run;
    using item = projections::run_item;
    using result = projections::item_result;
    struct page;

    boost::asio::awaitable<std::optional<run>> take();
    boost::asio::awaitable<void> carry_out(run of);
    boost::asio::awaitable<bool> carry_out(const run& of, eventstore::partition_number partition);
    boost::asio::awaitable<page> next_page(const run& of, eventstore::partition_number partition,
                                           eventstore::dead_letter_id after);
    boost::asio::awaitable<std::vector<result>> redrive(const run& of, const page& all);
    boost::asio::awaitable<std::vector<result>> discard(const run& of, const page& all);
    boost::asio::awaitable<std::vector<result>>
    look_again(const run& of, eventstore::partition_number partition, std::vector<item> unclear);
    boost::asio::awaitable<void> pause(std::chrono::steady_clock::duration time);
    std::size_t page_items(const run& of) const;

    readers& readers_;
    int partitions_;
    std::size_t page_max_;
    submit_all submit_;
    std::function<bool()> able_;
    std::function<void()> acted_;
    signal turn_;
    signal ended_;
    bool stopping_ = false;
    bool working_ = false;
};

} // namespace datadrop::processor
