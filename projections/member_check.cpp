#include "projections/member_check.hpp"

#include "eventstore/postgres/driver/transaction.hpp"
#include "projections/fold.hpp"
#include "projections/sql/statements.hpp"

#include <set>

namespace datadrop::projections {
namespace {

namespace statements = sql::statements;
namespace postgres = eventstore::postgres;
using postgres::params;
using postgres::session;

/// The columns of draw_from_log.sql and draw_from_table.sql.
enum class drawn_column { guild, user };

void add_drawn(std::set<domain::member_id>& drawn, const postgres::rows& found) {
    for (std::size_t i = 0; i < found.size(); ++i)
        drawn.insert({.guild = domain::guild_id{found.number(i, drawn_column::guild)},
                      .user = domain::user_id{found.number(i, drawn_column::user)}});
}

std::optional<difference> compare_row(session& db, eventstore::partition_number partition,
                                      domain::member_id who, const member_columns* should) {
    bool there = false;
    std::optional<difference> found;
    read_member(db, partition, who, [&](const member_columns& is) {
        there = true;
        found = compare(who, &is, should);
    });
    return there ? found : compare(who, nullptr, should);
}

/// In a snapshot of the caller's.
void check_member(session& db, domain::member_id who, stream_bounds bounds, members_checked& into) {
    // One more tells that there are more.
    const auto events =
        read_stream(db, who, {.until = bounds.until, .events_max = bounds.events_max + 1});
    if (static_cast<std::int64_t>(events.size()) > bounds.events_max) return void(++into.skipped);
    fold afresh;
    afresh.apply({.of_members = events, .of_letters = {}});
    std::optional<member_columns> should;
    if (const auto* row = afresh.member(who)) should = columns_of(*row);
    ++into.members;
    into.events += static_cast<std::int64_t>(events.size());
    auto found = compare_row(db, partition_of(bounds.until), who, should ? &*should : nullptr);
    if (!found) return;
    find_first_events(*found, events);
    into.differences.push_back(*std::move(found));
}

} // namespace

std::vector<domain::member_id> draw_members(session& db, eventstore::partition_number partition,
                                            std::size_t count) {
    const auto of_partition = [&] { return params{}.add(std::int64_t{number_of(partition)}); };
    std::set<domain::member_id> drawn;
    add_drawn(drawn,
              db.run(statements::draw_from_log, of_partition()
                                                    .add(static_cast<std::int64_t>((count + 1) / 2))
                                                    .add(sequence_of(checkpoint(db, partition)))));
    add_drawn(drawn, db.run(statements::draw_from_table,
                            of_partition().add(static_cast<std::int64_t>(count - drawn.size()))));
    return {drawn.begin(), drawn.end()};
}

members_checked check_members(session& db, eventstore::partition_number partition,
                              std::span<const domain::member_id> members, std::int64_t events_max) {
    members_checked done;
    if (members.empty()) return done;
    const postgres::transaction snapshot(db, postgres::isolation::repeatable_read_read_only);
    db.run_script(statements::hold_read_model);
    const auto end = checkpoint(db, partition);
    for (const auto& who : members)
        check_member(db, who, {.until = end, .events_max = events_max}, done);
    return done;
}

} // namespace datadrop::projections
