#pragma once
// Where blocking reads run: on threads of their own, as many as there are readers. A read takes one
// that is free, so each is one thread's at a time.
//
// Thread rule: read() is called on a coroutine's own thread, where its result comes back.

#include "processor/service/reader.hpp"
#include "processor/service/threads.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <mutex>
#include <optional>
#include <type_traits>
#include <vector>

namespace datadrop::processor {

class readers {
  public:
    /// They outlive this.
    explicit readers(std::vector<reader*> all);

    /// Runs `work(reader&)` on a reader's thread and gives its result. Throws what it throws.
    template <typename Work>
    auto read(Work work) -> boost::asio::awaitable<std::invoke_result_t<Work, reader&>> {
        using result = std::invoke_result_t<Work, reader&>;
        // Asio wants what it carries between the threads to have a default; not every result has.
        auto carried = co_await boost::asio::co_spawn(
            threads_.context(),
            [this, &work]() -> boost::asio::awaitable<std::optional<result>> {
                const lease mine(*this);
                co_return std::make_optional<result>(run_on(mine.taken, work));
            },
            boost::asio::use_awaitable);
        co_return *std::move(carried);
    }

  private:
    /// A reader, for one read.
    struct lease {
        explicit lease(readers& from) : of(from), taken(from.take()) {}
        ~lease() { of.give_back(taken); }
        lease(const lease&) = delete;
        readers& of;
        reader& taken;
    };

    reader& take();
    void give_back(reader& one);

    std::mutex mutex_; // guards the next
    std::vector<reader*> free_;
    worker_threads threads_; // last: they end before what they use
};

} // namespace datadrop::processor
