#include "projections/winners.hpp"

#include "eventstore/membership_codec.hpp"
#include "projections/sql/statements.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace datadrop::projections {
namespace {

namespace postgres = eventstore::postgres;
using eventstore::enumerator;

constexpr std::size_t lookups_per_statement_max = 5000;

/// The columns of winners.sql.
enum class winner_column { guild, user, version, event, source, actor, at };

std::span<const domain::attempt> attempts_in(const domain::dead_letter_event& what) {
    if (const auto* parked = std::get_if<domain::command_parked>(&what)) return parked->attempts;
    if (const auto* failed = std::get_if<domain::redrive_failed>(&what)) return failed->attempts;
    return {};
}

/// A failed redrive finds again what the command had found, and parked commands of one member the
/// same: each is asked for once.
std::vector<found_version>
versions_found(std::span<const eventstore::stored_dead_letter_event> events) {
    std::set<found_version> found;
    for (const auto& e : events)
        for (const auto& a : attempts_in(e.what))
            if (a.found_version.value_or(domain::stream_version{}) != domain::stream_version{})
                found.insert({e.who, *a.found_version});
    return {found.begin(), found.end()};
}

postgres::params values_of(eventstore::partition_number partition,
                           std::span<const found_version> wanted) {
    postgres::array guilds, users, versions;
    for (const auto& one : wanted) {
        guilds.add(number_of(one.who.guild));
        users.add(number_of(one.who.user));
        versions.add(number_of(one.version));
    }
    return postgres::params{}
        .add(std::int64_t{number_of(partition)})
        .add_literal(std::move(guilds).text())
        .add_literal(std::move(users).text())
        .add_literal(std::move(versions).text());
}

void add_to(winners& won, const postgres::rows& answer) {
    using enum winner_column;
    for (std::size_t i = 0; i < answer.size(); ++i) {
        const domain::member_id who{.guild = domain::guild_id{answer.number(i, guild)},
                                    .user = domain::user_id{answer.number(i, user)}};
        won[{who, domain::stream_version{answer.number(i, version)}}] = {
            .event = enumerator<domain::event_kind>(answer.number(i, event)),
            .from = enumerator<domain::source>(answer.number(i, source)),
            .actor = answer.maybe_text(i, actor),
            .at = answer.time(i, at)};
    }
}

} // namespace

winners read_winners(postgres::session& db, eventstore::partition_number partition,
                     std::span<const eventstore::stored_dead_letter_event> events) {
    winners won;
    const auto all = versions_found(events);
    for (std::span<const found_version> rest(all); !rest.empty();) {
        const auto batch = rest.first(std::min(rest.size(), lookups_per_statement_max));
        add_to(won, db.run(sql::statements::winners, values_of(partition, batch)));
        rest = rest.subspan(batch.size());
    }
    return won;
}

} // namespace datadrop::projections
