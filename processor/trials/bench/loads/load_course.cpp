#include "processor/trials/bench/loads/load_course.hpp"

#include "processor/cli/failures.hpp"

#include <boost/asio/co_spawn.hpp>

#include <istream>
#include <ostream>
#include <string>

namespace datadrop::processor::trials::bench {

load_course::load_course(const load_spec& spec, load_book& book, std::istream& in,
                         std::ostream& out)
    : spec_(spec), book_(book), in_(in), out_(out) {}

void load_course::say(const char* word) { out_ << word << std::endl; }

void load_course::get_ready() {
    say("ready");
    std::string word;
    if (!std::getline(in_, word) || word != "go")
        throw cli::refused("a load waits for the line \"go\", not for \"" + word + "\"");
}

void load_course::start(boost::asio::io_context& io, const load_loop& loop) {
    running_ = spec_.in_flight;
    for (int i = 0; i < spec_.in_flight; ++i)
        boost::asio::co_spawn(io, loop,
                              [this](std::exception_ptr failure) { loop_ended(failure); });
}

void load_course::loop_ended(std::exception_ptr failure) {
    if (failure) book_.close();
    const std::lock_guard alone(mutex_);
    if (failure && !failure_) failure_ = failure;
    if (--running_ == 0) ended_.notify_all();
}

bool load_course::all_end_within(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return ended_.wait_for(lock, time, [this] { return running_ == 0; });
}

void load_course::warm_up() {
    constexpr std::chrono::minutes at_most{1};
    constexpr std::chrono::milliseconds between_looks{10};
    const auto end = std::chrono::steady_clock::now() + at_most;
    bool over = all_end_within(spec_.warm_up);
    while (!over && !book_.is_warm() && std::chrono::steady_clock::now() < end)
        over = all_end_within(between_looks);
}

void load_course::begin_measuring() {
    book_.begin_measuring();
    say("measuring");
}

void load_course::run(boost::asio::io_context& io, const load_loop& loop,
                      const std::function<void()>& over) {
    constexpr std::chrono::hours without_end{24};
    const bool by_number = spec_.commands_max > 0;
    if (by_number) begin_measuring();
    start(io, loop);
    if (!by_number) {
        warm_up();
        begin_measuring();
    }
    all_end_within(by_number ? without_end : spec_.measured);
    book_.end_measuring();
    say("measured");
    book_.close();
    if (over) over();
    all_end_within(without_end);
}

void load_course::rethrow_failure() const {
    if (failure_) std::rethrow_exception(failure_);
}

} // namespace datadrop::processor::trials::bench
