#include "processor/core/writer_desk.hpp"

#include "domain/check.hpp"
#include "eventstore/chain.hpp"

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

/// It may go behind another, or another behind it: in a transaction of its own, in one statement.
bool is_plain_append(const log_call& call) {
    const auto* append = std::get_if<append_chains>(&call);
    return append != nullptr && std::ranges::none_of(append->chains, eventstore::is_redrive);
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

std::optional<writer_desk::assignment> writer_desk::next_assignment() {
    // A look first: it is short, and under load a writer would otherwise never be free for one.
    for (auto& w : writers_)
        if (w.look_due && w.is_free()) return assign(w, look{});
    for (auto next = calls_.begin(); next != calls_.end(); ++next) {
        auto* const w = writer_for(*next, next == calls_.begin());
        if (w == nullptr) continue; // those behind it may be another's to do
        auto given = assign(*w, std::move(*next));
        calls_.erase(next);
        return given;
    }
    return std::nullopt;
}

writer_desk::assignment writer_desk::assign(seat& w, job what) {
    ++w.under_way;
    const auto* call = std::get_if<log_call>(&what);
    if (call == nullptr)
        w.look_due = false;
    else if (std::holds_alternative<reserve_tail>(*call))
        w.reserved = partition_of(*call);
    else if (is_plain_append(*call) && !w.reserved)
        w.appends = partition_of(*call);
    return {static_cast<std::size_t>(&w - writers_.data()), std::move(what)};
}

writer_desk::seat* writer_desk::writer_for(const log_call& call, bool is_oldest) {
    const auto partition = partition_of(call);
    if (auto* const holder = holder_of(partition); holder && ends_reservation(call))
        return holder->under_way > 0 ? nullptr : holder;
    const auto ahead = std::ranges::find(writers_, std::optional(partition), &seat::appends);
    if (ahead == writers_.end() || !std::holds_alternative<append_chains>(call))
        return free_writer();
    // Behind the one on its way, and over no other connection, which might be quicker. Whatever
    // waits longer than this has the writer first.
    const bool may_follow = is_oldest && is_plain_append(call) && ahead->sends_ahead &&
                            ahead->under_way == 1 && !ahead->look_due;
    return may_follow ? &*ahead : nullptr;
}

writer_desk::seat* writer_desk::holder_of(eventstore::partition_number partition) {
    const auto found = std::ranges::find(writers_, std::optional(partition), &seat::reserved);
    return found == writers_.end() ? nullptr : &*found;
}

writer_desk::seat* writer_desk::free_writer() {
    const auto found = std::ranges::find_if(writers_, &seat::is_free);
    return found == writers_.end() ? nullptr : &*found;
}

void writer_desk::sent_ahead(std::size_t writer) { writers_.at(writer).sends_ahead = true; }

void writer_desk::lost(std::size_t writer) { writers_.at(writer).sends_ahead = false; }

void writer_desk::ended(std::size_t writer, const call_result& result) {
    auto& w = writers_.at(writer);
    domain::check(w.under_way-- > 0, "what has ended was begun");
    if (w.under_way == 0) {
        w.appends.reset();
        w.sends_ahead = false;
    }
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
    domain::check(writers_.at(writer).under_way-- == 1, "a look that has ended was begun");
}

} // namespace datadrop::processor
