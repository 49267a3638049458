#include "processor/core/writer_desk.hpp"

#include "domain/check.hpp"

#include <algorithm>
#include <utility>

namespace datadrop::processor {
namespace {

eventstore::partition_number partition_of(const log_call& call) {
    return std::visit([](const auto& c) { return c.partition; }, call);
}

/// Its connection holds the tail's lock, so nobody else can do it.
bool ends_reservation(const log_call& call) {
    return std::holds_alternative<append_chains>(call) ||
           std::holds_alternative<release_tail>(call);
}

/// An append or a release ends what was reserved, and a reservation that failed never was.
bool ends_reservation(const call_result& result) {
    if (const auto* reserved = std::get_if<tail_reserved>(&result)) return !reserved->seen;
    return std::holds_alternative<chains_appended>(result) ||
           std::holds_alternative<tail_released>(result);
}

} // namespace

writer_desk::writer_desk(int writers) : writers_(static_cast<std::size_t>(writers)) {
    domain::check(writers >= 1, "somebody can write");
}

void writer_desk::add(log_call call) { calls_.push_back(std::move(call)); }

void writer_desk::ask_looks() {
    for (auto& w : writers_)
        w.look_due = true;
}

std::vector<writer_desk::assignment> writer_desk::take_assignments() {
    std::vector<assignment> taken;
    // A look first: it is short, and under load a writer would otherwise never be free for one.
    for (auto& w : writers_)
        if (w.look_due && w.is_free()) taken.push_back(assign(w, look{}));
    for (auto next = calls_.begin(); next != calls_.end();) {
        auto* const w = writer_for(*next);
        if (w == nullptr) { // those behind it may be another's to do
            ++next;
            continue;
        }
        taken.push_back(assign(*w, std::move(*next)));
        next = calls_.erase(next);
    }
    return taken;
}

writer_desk::assignment writer_desk::assign(seat& w, job what) {
    w.busy = true;
    if (std::holds_alternative<look>(what))
        w.look_due = false;
    else if (const auto& call = std::get<log_call>(what);
             std::holds_alternative<reserve_tail>(call))
        w.reserved = partition_of(call);
    return {static_cast<std::size_t>(&w - writers_.data()), std::move(what)};
}

writer_desk::seat* writer_desk::writer_for(const log_call& call) {
    if (auto* const holder = holder_of(partition_of(call)); holder && ends_reservation(call))
        return holder->busy ? nullptr : holder;
    return free_writer();
}

writer_desk::seat* writer_desk::holder_of(eventstore::partition_number partition) {
    const auto found = std::ranges::find(writers_, std::optional(partition), &seat::reserved);
    return found == writers_.end() ? nullptr : &*found;
}

writer_desk::seat* writer_desk::free_writer() {
    const auto found = std::ranges::find_if(writers_, &seat::is_free);
    return found == writers_.end() ? nullptr : &*found;
}

void writer_desk::ended(std::size_t writer, const call_result& result) {
    auto& w = writers_.at(writer);
    domain::check(std::exchange(w.busy, false), "what has ended was begun");
    // Also when the call found no answer: with the connection the lock went.
    if (ends_reservation(result)) w.reserved.reset();
    if (is_over_new_connection(result)) expect_nothing();
}

/// What waits here was asked for before anybody knew of the new connection, and would go over it.
void writer_desk::expect_nothing() {
    for (auto& call : calls_)
        if (auto* append = std::get_if<append_chains>(&call)) append->expected.reset();
}

void writer_desk::looked(std::size_t writer) {
    domain::check(std::exchange(writers_.at(writer).busy, false),
                  "a look that has ended was begun");
}

} // namespace datadrop::processor
