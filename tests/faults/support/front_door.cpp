#include "tests/faults/support/front_door.hpp"

#include "tests/faults/support/io_thread.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace datadrop::test {
namespace {

namespace asio = boost::asio;
using asio::use_awaitable;
using asio::ip::tcp;
using boost::system::error_code;

tcp::endpoint on_loopback(port_number port) { return {asio::ip::address_v4::loopback(), port}; }

/// Which reply is to be cut, and whether it was.
class cut_order {
  public:
    void place() {
        const std::lock_guard alone(mutex_);
        wanted_ = true;
        done_ = false;
    }
    bool take() {
        const std::lock_guard alone(mutex_);
        if (!std::exchange(wanted_, false)) return false;
        done_ = true;
        changed_.notify_all();
        return true;
    }
    bool wait_until_done(std::chrono::milliseconds limit) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, limit, [this] { return done_; });
    }

  private:
    std::mutex mutex_; // guards the rest
    std::condition_variable changed_;
    bool wanted_ = false;
    bool done_ = false;
};

/// One connection. Lives as long as one of its two directions is at work.
class passage : public std::enable_shared_from_this<passage> {
  public:
    passage(cut_order& cut, tcp::socket client)
        : cut_(cut), client_(std::move(client)), processor_(client_.get_executor()) {}

    void start(port_number to) {
        error_code refused;
        processor_.connect(on_loopback(to), refused);
        if (refused) return; // closed as it goes
        error_code gone;     // one that has left already is noticed when it is read from
        for (auto* side : {&client_, &processor_})
            side->set_option(tcp::no_delay(true), gone);
        run(client_, processor_, carries::requests);
        run(processor_, client_, carries::replies);
    }

  private:
    enum class carries : bool { requests, replies };

    void run(tcp::socket& from, tcp::socket& to, carries what) {
        asio::co_spawn(
            client_.get_executor(),
            [self = shared_from_this(), &from, &to, what] { return self->pass(from, to, what); },
            [self = shared_from_this()](const std::exception_ptr&) { self->close(); });
    }

    asio::awaitable<void> pass(tcp::socket& from, tcp::socket& to, carries what) {
        for (std::array<char, 16 * 1024> piece;;) {
            const auto bytes = co_await from.async_read_some(asio::buffer(piece), use_awaitable);
            if (what == carries::replies && cut_.take()) co_return close();
            co_await asio::async_write(to, asio::buffer(piece, bytes), use_awaitable);
        }
    }

    void close() {
        error_code ignored; // both may be closed already
        client_.close(ignored);
        processor_.close(ignored);
    }

    cut_order& cut_;
    tcp::socket client_;
    tcp::socket processor_;
};

} // namespace

struct front_door::impl {
    impl() : acceptor(io.context(), on_loopback(0)) {
        asio::co_spawn(io.context(), accept(), asio::detached);
    }
    ~impl() { io.stop(); }

    asio::awaitable<void> accept() {
        for (;;) {
            auto client = co_await acceptor.async_accept(use_awaitable);
            std::make_shared<passage>(cut, std::move(client))->start(processor);
        }
    }

    cut_order cut;
    std::atomic<port_number> processor = 0; // 0: nobody is there
    io_thread io;
    tcp::acceptor acceptor;
};

front_door::front_door() : impl_(std::make_unique<impl>()) {}
front_door::~front_door() = default;

port_number front_door::port() const { return impl_->acceptor.local_endpoint().port(); }
void front_door::lead_to(port_number processor) { impl_->processor = processor; }
void front_door::cut_next_reply() { impl_->cut.place(); }
bool front_door::wait_until_cut(std::chrono::milliseconds limit) {
    return impl_->cut.wait_until_done(limit);
}

} // namespace datadrop::test
