#include "eventstore/cursor_proof.hpp"

#include "eventstore/position_check.hpp"

#include <variant>

namespace datadrop::eventstore {
namespace {

/// Positions have no gaps: the event at a position is the first behind the one before it.
global_position before(global_position position) {
    return global_position{number_of(position) - 1};
}

global_position position_of(const stored_event& event) {
    return std::visit([](const auto& e) { return e.position; }, event);
}

/// Whether a page that was read from just before the cursor begins with the event it stands at.
bool begins_at(const std::vector<stored_event>& page, const cursor& at,
               partition_number partition) {
    if (page.empty() || position_of(page.front()) != at.at(partition)) return false;
    const auto known = at.check_at(partition);
    return !known || *known == check_of(page.front());
}

/// From the event at the position on; of a partition's beginning, which has none, behind it.
std::vector<stored_event> read_from(log& from, partition_number partition, global_position position,
                                    std::size_t limit, const event_filter& wanted) {
    if (!wanted.is_open()) return from.scan(partition, position, wanted, limit);
    const auto after = sequence_of(position) == 0 ? position : before(position);
    return from.read(partition, after, limit);
}

/// Makes the check known of the event that stands at the position; false when there is none.
bool prove(log& in, cursor& at, global_position position) {
    const auto page = in.read(partition_of(position), before(position), 1);
    if (page.empty() || position_of(page.front()) != position) return false;
    at.advance(position, check_of(page.front()));
    return true;
}

} // namespace

std::optional<std::vector<stored_event>> read_on(log& from, const cursor& at,
                                                 partition_number partition, std::size_t limit,
                                                 const event_filter& wanted) {
    const auto position = at.at(partition);
    const bool is_begun = sequence_of(position) != 0;
    // One event more than was asked for, at the front: proof and page come from one statement, and
    // no restore can come between them.
    auto page = read_from(from, partition, position, limit + (is_begun ? 1 : 0), wanted);
    if (!is_begun) return page;
    if (!begins_at(page, at, partition)) return std::nullopt;
    page.erase(page.begin());
    return page;
}

std::optional<cursor> proven(log& in, const cursor& at) {
    cursor whole(at.partitions());
    for (const auto partition : all_partitions(at.partitions())) {
        const auto position = at.at(partition);
        if (sequence_of(position) == 0) continue; // the beginning is every history's
        if (!prove(in, whole, position)) return std::nullopt;
        const auto known = at.check_at(partition);
        if (known && known != whole.check_at(partition)) return std::nullopt;
    }
    return whole;
}

cursor proven_tails(log& of) {
    auto tails = of.tails();
    for (const auto partition : all_partitions(tails.partitions()))
        // Events may have come since the tails were read; what is proven is where they were then.
        if (const auto end = tails.at(partition); sequence_of(end) != 0) prove(of, tails, end);
    return tails;
}

bool has_position(log& in, global_position position) {
    if (sequence_of(position) == 0) return true;
    return !in.read(partition_of(position), before(position), 1).empty();
}

} // namespace datadrop::eventstore
