#include "eventstore/postgres/whole_log.hpp"

#include "eventstore/position.hpp"
#include "eventstore/postgres/database.hpp"
#include "eventstore/sql/statements.hpp"

#include <fmt/format.h>

namespace datadrop::eventstore::postgres {
namespace {

constexpr auto remedy =
    "what is here does not belong together, as after a restore of the data alone (pg_restore "
    "--data-only) into a schema that was there: restore the whole dump into an empty database";

template <typename... Parts>
[[noreturn]] void refuse(fmt::format_string<Parts...> what, Parts&&... parts) {
    throw schema_failure(fmt::format(what, std::forward<Parts>(parts)...) + "; " + remedy);
}

/// The columns of ends_of_partitions.sql.
enum class end_column {
    partition,
    first, // the first of an event's
    last = first + 2,
    letter = last + 2,
    letter_has_key,
    key_of,
    key_has_letter,
    checkpoints
};
enum class place_column { position, guild };

/// The columns of letters_and_keys.sql.
enum class count_column { partition, letters, keys };

/// The columns of fingerprints_of_key.sql.
enum class fingerprint_column { looked_at, own };

void require_place(const rows& ends, std::size_t row, column event, int partitions) {
    const auto guild = ends.maybe_number(row, event + place_column::guild);
    if (!guild) return; // no event: nothing that could be in the wrong place
    // Events that were written with another number of partitions lie where nobody looks for them.
    const auto is = ends.number(row, end_column::partition);
    const auto should = number_of(partition_of(domain::guild_id{*guild}, partitions));
    if (is != should)
        refuse("the event at position {} is in partition {}, and with the {} partitions that the "
               "database says it has its guild {} belongs to {}",
               ends.number(row, event + place_column::position), is, partitions, *guild, should);
}

void require_beginning(const rows& ends, std::size_t row) {
    // Positions have no gaps: with the first one missing, others may be.
    const auto first = ends.maybe_number(row, column(end_column::first) + place_column::position);
    const auto partition = static_cast<int>(ends.number(row, end_column::partition));
    const auto should = number_of(position_at(partition_number{partition}, 1));
    if (first && *first != should)
        refuse("the log of partition {} begins with position {}, and should with {}", partition,
               *first, should);
}

void require_keys(const rows& ends, std::size_t row) {
    // A parked key that is not kept could be written after all; one too many parks what was not.
    if (!ends.is_null(row, end_column::letter) && !ends.flag(row, end_column::letter_has_key))
        refuse("the log has the dead letter {}, and parked_keys has no key of it",
               ends.number(row, end_column::letter));
    if (!ends.is_null(row, end_column::key_of) && !ends.flag(row, end_column::key_has_letter))
        refuse("parked_keys has a key of the dead letter {}, which the log has not",
               ends.number(row, end_column::key_of));
}

void require_one_checkpoint(const rows& ends, std::size_t row) {
    // Restored rows come beside those that migrate had made.
    if (ends.number(row, end_column::checkpoints) != 1)
        refuse("partition {} has {} checkpoints of the read model, and should have 1",
               ends.number(row, end_column::partition), ends.number(row, end_column::checkpoints));
}

void require_own_partitions(session& db, int partitions) {
    const auto beyond = db.run(sql::statements::events_beyond_partitions);
    if (beyond.size() > 0)
        refuse("the log has events in partition {}, and the database says that it has {} "
               "partitions",
               beyond.number(), partitions);
}

/// An address may have been written under the right key since, so all that are looked at have to
/// disagree.
void require_own_key(session& db) {
    const auto counted = db.run(sql::statements::fingerprints_of_key);
    const auto looked_at = counted.number(0, fingerprint_column::looked_at);
    if (looked_at > 0 && counted.number(0, fingerprint_column::own) == 0)
        refuse(
            "the fingerprints of {} addresses were looked at, and 0 were made with the database's "
            "key (server_key)",
            looked_at);
}

void require_guarded_events(session& db) {
    const auto guard = db.run(sql::statements::guard_of_events);
    if (guard.size() == 0)
        throw schema_failure("the trigger events_are_immutable of datadrop.events is missing, "
                             "which keeps events from being changed: make it again as "
                             "V0001__create_log.sql does");
    if (guard.text() != "A")
        throw schema_failure("the trigger events_are_immutable of datadrop.events is not enabled "
                             "always, so events may be changed: run `datadrop migrate`");
}

} // namespace

void require_whole_log(session& db) {
    // The guard first: what may be changed while one looks is not worth looking at. Then what names
    // the cause best: too many partitions, before events in the wrong ones.
    require_guarded_events(db);
    const int partitions = partition_count(db);
    require_own_partitions(db, partitions);
    const auto ends = db.run(sql::statements::ends_of_partitions);
    for (std::size_t row = 0; row < ends.size(); ++row) {
        require_place(ends, row, end_column::first, partitions);
        require_place(ends, row, end_column::last, partitions);
        require_beginning(ends, row);
        require_keys(ends, row);
    }
    require_own_key(db);
    // Last, since it is the read model's, which can be made anew.
    for (std::size_t row = 0; row < ends.size(); ++row)
        require_one_checkpoint(ends, row);
}

void require_all_keys(session& db) {
    const auto counts = db.run(sql::statements::letters_and_keys);
    for (std::size_t row = 0; row < counts.size(); ++row) {
        const auto letters = counts.number(row, count_column::letters);
        const auto keys = counts.number(row, count_column::keys);
        if (letters != keys)
            refuse("the log of partition {} has {} dead letters, and parked_keys {} keys",
                   counts.number(row, count_column::partition), letters, keys);
    }
}

} // namespace datadrop::eventstore::postgres
