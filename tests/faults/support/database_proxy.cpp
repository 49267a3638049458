#include "tests/faults/support/database_proxy.hpp"

#include "tests/faults/support/io_thread.hpp"
#include "tests/faults/support/wire.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/regex.hpp>

#include <array>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace datadrop::test {
namespace {

namespace asio = boost::asio;
using asio::use_awaitable;
using protocol = asio::local::stream_protocol;
using boost::system::error_code;

constexpr auto socket_name = ".s.PGSQL.5432";

/// The rule that waits for its statement, and whether it has fired.
class rule_desk {
  public:
    void set(std::optional<proxy_rule> rule) {
        const std::lock_guard alone(mutex_);
        rule_ = std::move(rule);
        fired_ = false;
    }
    std::optional<proxy_rule> take(const std::string& statement, const std::string& behind) {
        const std::lock_guard alone(mutex_);
        if (!rule_ || !boost::regex_search(statement, boost::regex(rule_->statement)) ||
            !boost::regex_search(behind, boost::regex(rule_->behind)))
            return std::nullopt;
        return std::exchange(rule_, std::nullopt);
    }
    void fire() {
        const std::lock_guard alone(mutex_);
        fired_ = true;
        changed_.notify_all();
    }
    bool wait_until_fired(std::chrono::milliseconds limit) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, limit, [this] { return fired_; });
    }

  private:
    std::mutex mutex_; // guards the rest
    std::condition_variable changed_;
    std::optional<proxy_rule> rule_;
    bool fired_ = false;
};

/// One connection. Lives as long as one of its two directions is at work.
class link : public std::enable_shared_from_this<link> {
  public:
    link(rule_desk& rules, protocol::socket client)
        : rules_(rules), client_(std::move(client)), server_(client_.get_executor()),
          released_(client_.get_executor()) {
        released_.expires_at(std::chrono::steady_clock::time_point::max());
    }

    void start(const protocol::endpoint& to) {
        error_code refused;
        server_.connect(to, refused);
        if (refused) return close();
        run(&link::pass_requests);
        run(&link::pass_answers);
    }

    void let_go() { released_.cancel(); }

    void close() {
        error_code ignored; // both may be closed already
        client_.close(ignored);
        server_.close(ignored);
        released_.cancel();
    }

  private:
    void run(asio::awaitable<void> (link::*direction)()) {
        asio::co_spawn(
            client_.get_executor(),
            [self = shared_from_this(), direction] { return (self.get()->*direction)(); },
            [self = shared_from_this()](const std::exception_ptr&) { self->close(); });
    }

    asio::awaitable<void> pass_requests() {
        message_splitter messages(message_splitter::from::client);
        statement_reader statements;
        for (std::string out;; co_await send(server_, out)) {
            messages.feed(co_await received_from(client_));
            while (const auto m = messages.next()) {
                if (auto sql = statements.begun_by(*m)) {
                    armed_ = rules_.take(*sql, last_statement_);
                    last_statement_ = *std::move(sql);
                }
                if (is_due(statement_moment::before)) co_await interfere(server_, out);
                out += m->bytes;
                if (is_due(statement_moment::during) && ends_request(*m))
                    co_await interfere(server_, out);
            }
        }
    }

    asio::awaitable<void> pass_answers() {
        message_splitter messages(message_splitter::from::server);
        for (std::string out;;) {
            messages.feed(co_await received_from(server_));
            while (const auto m = messages.next()) {
                out += m->bytes;
                if (!is_due(statement_moment::after) || !ends_answer(*m)) continue;
                auto answer = std::exchange(out, {});
                co_await interfere(client_, out);
                out = std::move(answer);
            }
            if (!is_due(statement_moment::after)) co_await send(client_, out);
        }
    }

    bool is_due(statement_moment when) const { return armed_ && armed_->when == when; }

    /// What came before goes out first.
    asio::awaitable<void> interfere(protocol::socket& to, std::string& before_it) {
        co_await send(to, before_it);
        const auto what = std::exchange(armed_, std::nullopt)->what;
        rules_.fire();
        if (what == interference::cut) close();
        if (what == interference::swallow) dark_ = true;
        error_code released;
        if (what == interference::hold)
            co_await released_.async_wait(asio::redirect_error(use_awaitable, released));
    }

    asio::awaitable<std::string> received_from(protocol::socket& side) {
        std::array<char, 16 * 1024> piece;
        const auto bytes = co_await side.async_read_some(asio::buffer(piece), use_awaitable);
        co_return std::string(piece.data(), bytes);
    }

    asio::awaitable<void> send(protocol::socket& to, std::string& out) {
        const auto bytes = std::exchange(out, {});
        if (!dark_ && !bytes.empty())
            co_await asio::async_write(to, asio::buffer(bytes), use_awaitable);
    }

    rule_desk& rules_;
    protocol::socket client_;
    protocol::socket server_;
    asio::steady_timer released_;
    std::string last_statement_;
    std::optional<proxy_rule> armed_; // of the statement under way
    bool dark_ = false;
};

} // namespace

struct database_proxy::impl {
    impl(const std::filesystem::path& server_, const std::filesystem::path& folder_)
        : server((server_ / socket_name).string()), folder(folder_),
          acceptor(io.context(), protocol::endpoint((folder_ / socket_name).string())) {
        asio::co_spawn(io.context(), accept(), asio::detached);
    }
    ~impl() { io.stop(); }

    asio::awaitable<void> accept() {
        for (;;) {
            auto client = co_await acceptor.async_accept(use_awaitable);
            if (refusing) continue; // closed as it goes
            const auto fresh = std::make_shared<link>(rules, std::move(client));
            std::erase_if(links, [](const auto& l) { return l.expired(); });
            links.push_back(fresh);
            fresh->start(server);
        }
    }

    template <typename Do>
    void for_each_link(Do what) {
        asio::post(io.context(), [this, what] {
            for (const auto& l : links)
                if (const auto there = l.lock()) what(*there);
        });
    }

    void set_refusing(bool now) {
        asio::post(io.context(), [this, now] { refusing = now; });
    }

    protocol::endpoint server;
    std::filesystem::path folder;
    rule_desk rules;
    // On the thread of `io` only:
    std::vector<std::weak_ptr<link>> links;
    bool refusing = false;
    io_thread io;
    protocol::acceptor acceptor;
};

database_proxy::database_proxy(const std::filesystem::path& server,
                               const std::filesystem::path& folder)
    : impl_(std::make_unique<impl>(server, folder)) {}

database_proxy::~database_proxy() = default;

std::string database_proxy::database(const std::string& name) const {
    return "host='" + impl_->folder.string() + "' port=5432 user=datadrop dbname=" + name;
}

void database_proxy::set(proxy_rule rule) { impl_->rules.set(std::move(rule)); }

void database_proxy::clear() {
    impl_->rules.set(std::nullopt);
    impl_->set_refusing(false);
    impl_->for_each_link([](link& l) { l.let_go(); });
}

bool database_proxy::wait_until_fired(std::chrono::milliseconds limit) {
    return impl_->rules.wait_until_fired(limit);
}

void database_proxy::refuse_connections() { impl_->set_refusing(true); }

void database_proxy::cut_connections() {
    impl_->for_each_link([](link& l) { l.close(); });
}

} // namespace datadrop::test
