#include "processor/trials/bench/loads/guarded_load.hpp"

#include "processor/core/limits.hpp"
#include "processor/service/threads.hpp"
#include "processor/trials/bench/loads/guarded_tables.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <memory>
#include <mutex>
#include <random>

namespace datadrop::processor::trials::bench {
namespace {

namespace asio = boost::asio;

constexpr int connections_max = 32;

/// The tables as the connection of the calling thread sees them; set when the thread starts.
thread_local guarded_tables* threads_tables = nullptr;

/// Not inlined: a coroutine that goes on on another thread must not keep the address of the last
/// thread's variable.
[[gnu::noinline]] guarded_tables& tables_here() { return *threads_tables; }

/// The first retry goes at once (limits.hpp).
std::chrono::microseconds wait_before(int attempt) {
    if (attempt <= 2) return {};
    constexpr backoff waits{};
    thread_local std::minstd_rand dice{std::random_device{}()};
    const std::chrono::microseconds longest =
        std::min(waits.max, waits.base * (1 << (attempt - 3)));
    return std::chrono::microseconds(
        std::uniform_int_distribution<std::int64_t>(0, longest.count())(dice));
}

asio::awaitable<void> pause(std::chrono::microseconds time) {
    asio::steady_timer clock(co_await asio::this_coro::executor, time);
    co_await clock.async_wait(asio::use_awaitable);
}

/// Where the client last saw the members. Every thread.
class known_heads {
  public:
    explicit known_heads(std::vector<eventstore::head> heads) : heads_(std::move(heads)) {}

    eventstore::head at(std::uint32_t member) const {
        const std::lock_guard alone(mutex_);
        return heads_[member];
    }
    /// What is older than what is known says nothing.
    void saw(std::uint32_t member, const eventstore::head& head) {
        const std::lock_guard alone(mutex_);
        if (heads_[member].version < head.version) heads_[member] = head;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<eventstore::head> heads_;
};

/// What all loops share.
struct guarded_client {
    const load_writing& written;
    load_book& book;
    known_heads heads;
    bool queues = false; // there are more commands in flight than connections
};

load_answer rejected(const eventstore::head& found, int attempt) {
    return {.kind = outcome_kind::rejected,
            .state = found.member.current,
            .version = domain::number_of(found.version),
            .attempts = attempt};
}

/// Nothing: the member was not where it was thought to be.
std::optional<load_answer> attempt_on(guarded_client& client, std::uint32_t member,
                                      const domain::envelope& command, int attempt) {
    const auto expected = client.heads.at(member);
    const auto decision = domain::decide(expected.member, domain::command_in(command));
    const auto* const event = std::get_if<domain::event>(&decision);
    if (event == nullptr) return rejected(expected, attempt);
    const eventstore::head after{.version = domain::next(expected.version),
                                 .member = domain::evolve(expected.member, *event)};
    const auto found = tables_here().append({.command = command,
                                             .occurred_at = client.written.occurred_at(),
                                             .event = *event,
                                             .expected = expected,
                                             .after = after});
    if (!found) return std::nullopt;
    if (!found->replayed) client.heads.saw(member, after);
    return load_answer{.kind = outcome_kind::accepted,
                       .state = found->state,
                       .version = found->version,
                       .position = found->position,
                       .attempts = attempt};
}

asio::awaitable<load_answer> settle(guarded_client& client, const load_command& sent) {
    constexpr budget tries{};
    const auto command = client.written.envelope(sent);
    if (const auto told = attempt_on(client, sent.member, *command, 1)) co_return *told;
    for (int attempt = 2; attempt <= tries.attempts_max; ++attempt) {
        if (const auto wait = wait_before(attempt); wait.count() > 0) co_await pause(wait);
        client.heads.saw(sent.member, tables_here().read(command->who));
        if (const auto told = attempt_on(client, sent.member, *command, attempt)) co_return *told;
    }
    tables_here().park(*command, tries.attempts_max);
    co_return load_answer{.kind = outcome_kind::dead_lettered, .attempts = tries.attempts_max};
}

asio::awaitable<void> settle_in_turn(guarded_client& client) {
    const auto queue = co_await asio::this_coro::executor;
    while (const auto command = client.book.next()) {
        const auto sent = std::chrono::steady_clock::now();
        if (client.queues) co_await asio::post(queue, asio::use_awaitable);
        client.book.answered(*command, co_await settle(client, *command),
                             {.due = sent, .sent = sent});
    }
}

} // namespace

std::vector<eventstore::head> prepare_guarded(const load_spec& spec, const std::string& database) {
    return guarded_tables(database).prepare(spec);
}

member_versions versions_of(const std::vector<eventstore::head>& heads) {
    member_versions versions;
    versions.reserve(heads.size());
    for (const auto& head : heads)
        versions.push_back(static_cast<std::uint32_t>(domain::number_of(head.version)));
    return versions;
}

void run_guarded_load(const load_writing& written, load_book& book, load_course& course,
                      const std::string& database, std::vector<eventstore::head> heads) {
    const int connections = std::min(connections_max, written.spec().in_flight);
    std::vector<std::unique_ptr<guarded_tables>> tables;
    for (int i = 0; i < connections; ++i)
        tables.push_back(std::make_unique<guarded_tables>(database));
    guarded_client client{.written = written,
                          .book = book,
                          .heads = known_heads(std::move(heads)),
                          .queues = written.spec().in_flight > connections};
    worker_threads threads("guarded", connections, [&tables](int i) {
        threads_tables = tables[static_cast<std::size_t>(i)].get();
    });
    course.get_ready();
    course.run(threads.context(), [&client] { return settle_in_turn(client); });
}

} // namespace datadrop::processor::trials::bench
