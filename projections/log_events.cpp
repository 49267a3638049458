#include "projections/log_events.hpp"

#include "eventstore/dead_letter_codec.hpp"
#include "eventstore/membership_codec.hpp"
#include "projections/sql/statements.hpp"

#include <fmt/format.h>

namespace datadrop::projections {
namespace {

namespace statements = sql::statements;
namespace postgres = eventstore::postgres;
using eventstore::enumerator;
using eventstore::global_position;
using eventstore::stored_dead_letter_event;

/// The small numbers of copy_events.sql, apart again.
struct numbers {
    std::int64_t version;
    bool is_of_member;
    std::int64_t event, from, to;
};

numbers apart(std::int64_t packed) {
    return {.version = packed >> 25,
            .is_of_member = (packed >> 24 & 1) == 0,
            .event = packed >> 16 & 255,
            .from = packed >> 8 & 255,
            .to = packed & 255};
}

domain::member_id member_in(postgres::copied_row& row) {
    const domain::guild_id guild{row.number()};
    return {.guild = guild, .user = domain::user_id{row.number()}};
}

/// Whoever has to mend it needs to know which one it is.
template <typename Read>
auto naming(global_position position, Read&& read) {
    try {
        return read();
    } catch (const eventstore::corrupt_event& e) {
        throw eventstore::corrupt_event(fmt::format("the event at position {} cannot be read: {}",
                                                    number_of(position), e.what()));
    }
}

member_event member_event_of(const numbers& n, domain::member_id who, global_position position,
                             postgres::copied_row& row) {
    member_event e{.position = position,
                   .who = who,
                   .version = domain::stream_version{n.version},
                   .what = {.kind = enumerator<domain::event_kind>(n.event),
                            .from = enumerator<domain::state>(n.from),
                            .to = enumerator<domain::state>(n.to)},
                   .recorded_at = row.time()};
    row.maybe_number(); // the dead letter that it does not have
    if (const auto payload = row.maybe_bytes()) e.what.data = eventstore::decode_payload(*payload);
    return e;
}

domain::dead_letter_event decoded(postgres::copied_row& row) {
    const auto payload = row.maybe_bytes();
    if (!payload) throw eventstore::corrupt_event("a dead letter's event without a payload");
    return eventstore::decode_dead_letter_event(*payload);
}

stored_dead_letter_event dead_letter_event_of(domain::member_id who, global_position position,
                                              postgres::copied_row& row) {
    stored_dead_letter_event e{
        .position = position, .who = who, .what = {}, .recorded_at = row.time()};
    e.letter = eventstore::dead_letter_id{*row.maybe_number()};
    e.what = decoded(row);
    return e;
}

/// The other columns of copy_dead_letter.sql and its kin.
stored_dead_letter_event letter_event_in(postgres::copied_row& row, eventstore::dead_letter_id id) {
    stored_dead_letter_event e{.letter = id, .who = member_in(row), .what = {}};
    e.position = global_position{row.number()};
    e.recorded_at = row.time();
    e.what = naming(e.position, [&] { return decoded(row); });
    return e;
}

void add_letter_event(log_page& page, postgres::copied_row& row) {
    const eventstore::dead_letter_id id{row.number()};
    page.of_letters.push_back(letter_event_in(row, id));
}

void add_event(log_page& page, postgres::copied_row& row, global_position position) {
    const auto who = member_in(row);
    const auto n = apart(row.number());
    naming(position, [&] {
        if (n.is_of_member)
            page.of_members.push_back(member_event_of(n, who, position, row));
        else
            page.of_letters.push_back(dead_letter_event_of(who, position, row));
    });
}

} // namespace

global_position log_end(postgres::session& db, eventstore::partition_number partition) {
    const auto answer =
        db.run(statements::log_end, postgres::params{}.add(std::int64_t{number_of(partition)}));
    return global_position{answer.number()};
}

/// Positions have no gaps, so a row's place in the answer is its position, unless rows are missing.
log_page read_page(postgres::session& db, event_range range) {
    log_page page;
    auto position = number_of(range.after);
    page.of_members.reserve(static_cast<std::size_t>(number_of(range.end) - position));
    db.copy_out(
        statements::copy_events,
        {number_of(partition_of(range.end)), number_of(range.after), number_of(range.end)},
        [&](postgres::copied_row& row) { add_event(page, row, global_position{++position}); });
    if (position != number_of(range.end))
        throw eventstore::corrupt_event(
            fmt::format("the log lacks events between the positions {} and {}",
                        number_of(range.after), number_of(range.end)));
    page.won = read_winners(db, partition_of(range.end), page.of_letters);
    return page;
}

std::vector<member_event> read_stream(postgres::session& db, domain::member_id who,
                                      stream_bounds bounds) {
    std::vector<member_event> events;
    db.copy_out(statements::copy_member,
                {number_of(partition_of(bounds.until)), number_of(who.guild), number_of(who.user),
                 number_of(bounds.until), bounds.events_max},
                [&](postgres::copied_row& row) {
                    const global_position position{row.number()};
                    const auto n = apart(row.number());
                    events.push_back(
                        naming(position, [&] { return member_event_of(n, who, position, row); }));
                });
    return events;
}

letter_log read_dead_letter(postgres::session& db, eventstore::dead_letter_id id,
                            global_position end) {
    letter_log letter;
    db.copy_out(
        statements::copy_dead_letter, {number_of(partition_of(id)), number_of(id), number_of(end)},
        [&](postgres::copied_row& row) { letter.events.push_back(letter_event_in(row, id)); });
    letter.won = read_winners(db, partition_of(id), letter.events);
    return letter;
}

log_page read_dead_letters(postgres::session& db, global_position end) {
    log_page page;
    db.copy_out(statements::copy_dead_letters, {number_of(partition_of(end)), number_of(end)},
                [&](postgres::copied_row& row) { add_letter_event(page, row); });
    page.won = read_winners(db, partition_of(end), page.of_letters);
    return page;
}

log_page read_letter_events(postgres::session& db, event_range range) {
    log_page page;
    db.copy_out(statements::copy_letter_events,
                {number_of(partition_of(range.end)), number_of(range.after), number_of(range.end)},
                [&](postgres::copied_row& row) { add_letter_event(page, row); });
    page.won = read_winners(db, partition_of(range.end), page.of_letters);
    return page;
}

} // namespace datadrop::projections
