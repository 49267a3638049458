#include "tests/sim/support/server.hpp"

#include <algorithm>
#include <utility>

namespace datadrop::sim {
namespace {

constexpr milliseconds idle_in_transaction_max{500}; // as reserve.sql has it
constexpr milliseconds fence_wait_max{2000};         // as fence_backend.sql has it

bool takes_tail(statement::form f) {
    return f == statement::form::write || f == statement::form::reserve;
}
bool keeps_tail(statement::form f) {
    return f == statement::form::reserve || f == statement::form::stay;
}

std::shared_ptr<eventstore::memory::store> make_store(environment& shared) {
    return eventstore::memory::make_store(
        shared.chosen.partitions, [&shared] { return domain::timestamp(shared.time.now()); },
        shared.chosen.followed_max);
}

} // namespace

struct server::backend {
    int number = 0;
    bool alive = true;
    bool client_gone = false;
    bool holds_tail = false;
    bool committing = false; // past the point where an end could still stop it
    eventstore::partition_number partition{};
    std::optional<statement> running{};
    on_ending reply{};
    std::deque<std::pair<statement, on_ending>> behind{}; // what was sent meanwhile
    std::uint64_t steps = 0; // statements begun and ended, to tell an old alarm from a new one
};

server::server(environment& shared, std::function<void()> committed)
    : shared_(shared), committed_(std::move(committed)), store_(make_store(shared)),
      backup_(make_store(shared)), log_(open_log(store_)),
      tails_(static_cast<std::size_t>(shared.chosen.partitions)) {}

server::~server() = default;

server::tail& server::tail_of(const backend& b) { return tails_[index_of(b.partition)]; }

server::backend_ptr server::connect() {
    if (shared_.time.now() < away_until_) return nullptr;
    auto fresh = std::make_shared<backend>(backend{.number = ++backends_started_});
    std::erase_if(backends_, [](const auto& b) { return b.expired(); });
    backends_.push_back(fresh);
    return fresh;
}

void server::send(const backend_ptr& to, statement what, on_ending reply) {
    if (!to->alive) return reply(ending::lost);
    if (to->running) {
        shared_.seen.saw(sight::sent_behind);
        return to->behind.emplace_back(std::move(what), std::move(reply)), void();
    }
    to->running = std::move(what);
    to->reply = std::move(reply);
    to->partition = to->running->partition;
    ++to->steps;
    begin(to);
}

void server::begin(const backend_ptr& b) {
    if (!takes_tail(b->running->is)) return run(b);
    auto& t = tail_of(*b);
    if (t.holder) return wait_for_tail(b);
    t.holder = b;
    b->holds_tail = true;
    run(b);
}

void server::wait_for_tail(const backend_ptr& b) {
    tail_of(*b).waiting.push_back(b);
    shared_.time.after(b->running->lock_wait_max, [this, b, step = b->steps] {
        if (!b->alive || b->steps != step || std::erase(tail_of(*b).waiting, b) == 0) return;
        if (b->running->is == statement::form::reserve)
            shared_.seen.saw(sight::reservation_refused);
        refuse(b);
    });
}

void server::run(const backend_ptr& b) {
    auto& s = *b->running;
    const bool reads = s.is == statement::form::read || s.is == statement::form::reserve;
    if (reads && s.effect) s.effect(*log_);
    if (s.is == statement::form::reserve) shared_.seen.saw(sight::reservation_taken);
    auto& random = shared_.random;
    auto takes = random.between(microseconds(20), microseconds(reads ? 300 : 2000));
    if (shared_.happens(shared_.chosen.statements.slow, sight::statement_slow))
        takes += random.between(microseconds(0), shared_.chosen.slow_max);
    const bool refused =
        shared_.happens(shared_.chosen.statements.refused, sight::statement_refused);
    shared_.time.after(takes, [this, b, step = b->steps, refused] {
        if (!b->alive || b->steps != step) return;
        refused ? refuse(b) : finish(b);
    });
}

void server::finish(const backend_ptr& b) {
    const auto& s = *b->running;
    const bool commits = s.is == statement::form::write || s.is == statement::form::commit;
    if (commits && s.effect) s.effect(*log_);
    if (commits && b->client_gone) shared_.seen.saw(sight::commit_after_loss);
    shared_.told.tell("backend {} {}{}", b->number, commits ? "commits" : "is done",
                      b->client_gone ? ", its client gone" : "");
    if (!keeps_tail(s.is)) let_go(b);
    if (commits) committed_();
    reply(b, ending::done);
    if (b->holds_tail) watch_idle(b);
}

void server::refuse(const backend_ptr& b) {
    shared_.told.tell("backend {} refuses", b->number);
    let_go(b);
    reply(b, ending::refused);
}

void server::reply(const backend_ptr& b, ending how) {
    b->running.reset();
    ++b->steps;
    auto told = std::exchange(b->reply, nullptr);
    // What has come before the loss may be begun before that is noticed.
    const bool goes_on = b->client_gone && !b->behind.empty() && shared_.random.chance(0.5);
    if (b->committing || (b->client_gone && !goes_on)) return end(b);
    if (told) told(how);
    if (b->behind.empty()) return;
    auto [next, to] = std::move(b->behind.front());
    b->behind.pop_front();
    send(b, std::move(next), std::move(to));
}

/// Who keeps the tail without a word is cut off.
void server::watch_idle(const backend_ptr& b) {
    shared_.time.after(idle_in_transaction_max, [this, b, step = b->steps] {
        if (!b->alive || b->steps != step) return;
        shared_.seen.saw(sight::reservation_cut_off);
        end(b);
    });
}

void server::let_go(const backend_ptr& b) {
    auto& t = tail_of(*b);
    std::erase(t.waiting, b);
    if (!std::exchange(b->holds_tail, false)) return;
    t.holder.reset();
    if (t.waiting.empty()) return;
    t.holder = std::move(t.waiting.front());
    t.waiting.pop_front();
    t.holder->holds_tail = true;
    shared_.time.after({}, [this, next = t.holder, step = t.holder->steps] {
        if (next->alive && next->steps == step) run(next);
    });
}

/// Whatever it has not committed is gone.
void server::end(const backend_ptr& b) {
    if (!std::exchange(b->alive, false)) return;
    shared_.told.tell("backend {} ends", b->number);
    let_go(b);
    if (auto told = std::exchange(b->reply, nullptr)) told(ending::lost);
    for (auto& [what, reply] : std::exchange(b->behind, {}))
        if (reply) reply(ending::lost);
}

/// One that runs a statement notices at its end, an idle one soon.
void server::lose_client(const backend_ptr& of) {
    of->client_gone = true;
    of->reply = nullptr;
    for (auto& [what, reply] : of->behind)
        reply = nullptr;
    if (of->running) return;
    shared_.time.after(shared_.random.between(microseconds(0), milliseconds(20)),
                       [this, of, step = of->steps] {
                           if (of->steps == step) end(of);
                       });
}

void server::fence(const backend_ptr& old, std::function<void(bool)> gone) {
    auto& random = shared_.random;
    if (old->alive && shared_.happens(shared_.chosen.statements.unfenced, sight::backend_unfenced))
        return shared_.time.after(fence_wait_max, [gone = std::move(gone)] { gone(false); });
    shared_.seen.saw(sight::backend_fenced);
    // A commit that has begun is finished first.
    const bool commits_first = old->alive && old->running &&
                               old->running->is != statement::form::read && old->holds_tail &&
                               random.chance(0.5);
    if (!commits_first) end(old);
    old->committing = commits_first;
    const auto look = [this, old, gone = std::move(gone)](const auto& again) -> void {
        if (!old->alive) return gone(true);
        shared_.time.after(milliseconds(1), [again] { again(again); });
    };
    shared_.time.after(random.between(microseconds(100), milliseconds(5)), [look] { look(look); });
}

void server::back_up() { eventstore::memory::restore(*backup_, *store_); }

void server::restore() {
    restart({});
    eventstore::memory::restore(*store_, *backup_);
    shared_.seen.saw(sight::log_restored);
    shared_.told.tell("the log is restored");
}

void server::restart(microseconds away) {
    away_until_ = shared_.time.now() + away;
    for (const auto& one : std::exchange(backends_, {}))
        if (const auto b = one.lock()) end(b);
}

} // namespace datadrop::sim
