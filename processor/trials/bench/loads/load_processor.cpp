#include "processor/trials/bench/loads/load_processor.hpp"

#include "processor/service/service.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/use_future.hpp>

#include <thread>

namespace datadrop::processor::trials::bench {
namespace {

namespace asio = boost::asio;

asio::awaitable<void> submit_in_turn(service& behind, load_book& book,
                                     const load_writing& written) {
    while (const auto command = book.next()) {
        const auto sent = std::chrono::steady_clock::now();
        std::vector<command_ptr> one;
        one.push_back(written.envelope(*command));
        const auto told = co_await behind.submit(std::move(one));
        book.answered(*command, answer_of(told.front()), {.due = sent, .sent = sent});
    }
}

} // namespace

void run_processor_load(const load_writing& written, load_book& book, load_course& course,
                        const service_settings& settings) {
    asio::io_context io(1);
    service behind(io, settings);
    behind.start();
    course.get_ready();
    const auto work = asio::make_work_guard(io); // the stop comes after the last loop's end
    std::jthread runner([&io] { io.run(); });
    course.run(io, [&] { return submit_in_turn(behind, book, written); });
    asio::co_spawn(io, behind.stop(), asio::use_future).get();
    io.stop();
}

} // namespace datadrop::processor::trials::bench
