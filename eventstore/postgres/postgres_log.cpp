#include "eventstore/postgres/postgres_log.hpp"

#include "domain/check.hpp"
#include "eventstore/chain.hpp"
#include "eventstore/dead_letter_codec.hpp"
#include "eventstore/postgres/database.hpp"
#include "eventstore/sql/statements.hpp"

#include <algorithm>
#include <utility>

namespace datadrop::eventstore::postgres {
namespace {

/// All plain chains go in one statement, whose cost hardly grows with them.
append_result write_plain(session& db, partition_number partition,
                          const std::optional<expectation>& expected,
                          std::span<const chain> chains) {
    chain_refs plain;
    for (const auto& c : chains)
        if (!is_redrive(c)) plain.emplace_back(c);
    if (plain.empty()) return {};
    return append_result_in(
        db.run(sql::statements::append, chains_as_params(partition, plain, expected)), plain);
}

/// A redrive has a statement of its own, since it writes to a second stream. There its letter's key
/// stays behind.
chain_fate write_redrive(session& db, partition_number partition, const chain& c) {
    const auto answer = db.run(sql::statements::redrive, redrive_as_params(partition, c));
    auto fate = std::move(append_result_in(answer, {c}).fates.front());
    fate.has_parked_keys = true;
    return fate;
}

/// Writes in the session's transaction, or with a single statement in one of that statement's own.
append_result write(session& db, partition_number partition,
                    const std::optional<expectation>& expected, std::span<const chain> chains) {
    auto result = write_plain(db, partition, expected, chains);
    if (result.fates.size() == chains.size()) return result;
    // The fates come back in the order asked for.
    auto plain = std::exchange(result.fates, {});
    for (auto next = plain.begin(); const auto& c : chains)
        result.fates.push_back(is_redrive(c) ? write_redrive(db, partition, c)
                                             : std::move(*next++));
    return result;
}

/// In one transaction, which only more than one statement has to be told.
append_result write_whole(session& db, partition_number partition,
                          const std::optional<expectation>& expected,
                          std::span<const chain> chains) {
    // A statement alone is its own transaction: BEGIN and COMMIT would be two more round trips,
    // with the partition locked during the second.
    const bool one_statement =
        chains.size() == 1 || std::none_of(chains.begin(), chains.end(), is_redrive);
    if (one_statement) return write(db, partition, expected, chains);
    transaction whole(db);
    auto result = write(db, partition, expected, chains);
    whole.commit();
    return result;
}

/// A look at what became of a write in doubt. Under the tail's lock, since the commit that ends it
/// waits for the same synchronous standbys as the one in doubt: what is found is durable wherever
/// an answer has to be.
template <typename Look>
auto look_locked(session& db, partition_number partition, Look&& look) {
    transaction whole(db);
    db.run(sql::statements::reserve, members_as_params(partition, {}));
    auto found = std::forward<Look>(look)();
    whole.commit();
    return found;
}

} // namespace

std::unique_ptr<log> open_log(const session::options& o, int partitions) {
    return std::make_unique<postgres_log>(o, partitions);
}

postgres_log::postgres_log(session::options o, int partitions)
    : options_(std::move(o)), partitions_(partitions) {}

// ---- the connection and the doubts about it

session& postgres_log::connected() {
    if (!db_) {
        // Kept only once it is prepared: one that is not would write by other plans.
        auto fresh = std::make_unique<session>(options_);
        fresh->run_script(sql::statements::prepare_log_session);
        db_ = std::move(fresh);
        is_new_ = true;
    }
    // A statement inside somebody else's transaction would be durable when that one ends, or never.
    domain::check(reservation_ || !db_->in_transaction(), "nobody left a transaction open");
    return *db_;
}

/// The owner of a transaction goes before its session.
void postgres_log::disconnect() {
    reservation_.reset();
    db_.reset();
    is_ready_to_send_ = is_lost_ = false;
}

/// After a loss: a new connection, and the certainty that the old one's backend writes nothing any
/// more. Throws connection_lost, and unavailable when the backend does not end.
session& postgres_log::reconnected_and_fenced() {
    // The server may not have noticed: what it was told last may still be under way there, and
    // would be written after we had looked and found nothing. So it is ended first.
    const auto lost_pid = db_->backend_pid();
    const auto lost_start = db_->backend_start();
    disconnect();
    auto& db = connected();
    const auto fenced =
        db.run(sql::statements::fence_backend, params{}.add(lost_pid).add(lost_start));
    // No row: it was gone already. False: it could not be ended, or waits for a standby.
    if (fenced.size() > 0 && !fenced.flag())
        throw unavailable("the backend of a lost connection cannot be ended; what it was writing "
                          "is not known");
    return db;
}

/// Both failures of a session as the log's one. Whatever is thrown, no reservation outlasts it.
template <typename Work>
auto postgres_log::guarded(Work&& work) {
    try {
        return std::forward<Work>(work)();
    } catch (const connection_lost& e) {
        disconnect();
        throw unavailable(e.what());
    } catch (const statement_refused& e) {
        // The server took the whole transaction back; nothing is in doubt, and the connection
        // stays.
        reservation_.reset();
        throw unavailable(e.what());
    } catch (...) {
        reservation_.reset();
        throw;
    }
}

/// A read may be repeated: once, since a connection that was idle may have died unnoticed.
template <typename Work>
auto postgres_log::reading(Work&& work) {
    return guarded([&] {
        try {
            return work(connected());
        } catch (const connection_lost&) {
            disconnect();
        }
        return work(connected());
    });
}

/// A write whose connection is lost is in doubt, and settled on another connection.
template <typename Work, typename Settle>
auto postgres_log::writing(Work&& work, Settle&& settle) {
    return guarded([&] {
        // Connecting stands outside: a loss before anything was sent leaves no doubt.
        auto& db = connected();
        try {
            return work(db);
        } catch (const connection_lost&) {
            return settle(reconnected_and_fenced());
        }
    });
}

// ---- writing

void postgres_log::require_writable() {
    reading([this](session& db) {
        if (const auto obstacle = obstacle_to_writing(db)) throw unavailable(*obstacle);
        if (!is_ready_to_send_) db.prepare_to_send(sql::statements::append, append_record_types);
        is_ready_to_send_ = true;
    });
}

/// What the caller expects it has learned over other connections than one it has not been told of:
/// perhaps of a log that has been restored since.
std::optional<expectation> postgres_log::believed(std::optional<expectation> expected) const {
    return is_new_ ? std::nullopt : expected;
}

members_seen postgres_log::load(partition_number partition,
                                std::span<const domain::member_id> members) {
    return told(reading([&](session& db) {
        return members_in(
            db.run(sql::statements::load_heads, members_as_params(partition, members)));
    }));
}

members_seen postgres_log::reserve(partition_number partition,
                                   std::span<const domain::member_id> members) {
    release(); // at most one at a time: two partitions would wait for each other
    return told(reading([&](session& db) {
        auto turn = std::make_unique<transaction>(db);
        auto seen =
            members_in(db.run(sql::statements::reserve, members_as_params(partition, members)));
        reservation_ = std::move(turn);
        return seen;
    }));
}

void postgres_log::release() { reservation_.reset(); }

append_result postgres_log::append(partition_number partition, std::optional<expectation> expected,
                                   std::span<const chain> chains) {
    if (reservation_) return told(append_reserved(partition, expected, chains));
    if (chains.empty()) return {};
    return told(
        writing([&](session& db) { return write_whole(db, partition, believed(expected), chains); },
                [&](session& db) { return settled(db, partition, chains); }));
}

append_result postgres_log::append_reserved(partition_number partition,
                                            std::optional<expectation> expected,
                                            std::span<const chain> chains) {
    return guarded([&] {
        append_result result;
        try {
            result = write(*db_, partition, believed(expected), chains);
        } catch (const connection_lost&) {
            disconnect(); // nothing was committed, and without a word from us nothing will be
            return append_result{
                .fates = std::vector<chain_fate>(chains.size(), {.what = fate::not_written})};
        }
        // Only a commit that was sent may have happened without our hearing of it.
        try {
            std::exchange(reservation_, nullptr)->commit();
        } catch (const connection_lost&) {
            result = settled(reconnected_and_fenced(), partition, chains);
        }
        return result;
    });
}

/// What became of chains whose transaction is over, one way or the other. Of others it tells
/// nothing.
append_result postgres_log::settled(session& db, partition_number partition,
                                    std::span<const chain> chains) {
    const auto found = look_locked(db, partition, [&] {
        return written_events_in(
            db.run(sql::statements::find_keys, written_keys_as_params(partition, chains)));
    });
    // The keys of all chains were looked up in one go, and are dealt out again.
    append_result result;
    for (std::span<const std::optional<written_event>> rest = found; const auto& c : chains) {
        const auto own = steps_in_doubt(c).size();
        result.fates.push_back(settled_fate(c, rest.first(own)));
        rest = rest.subspan(own);
    }
    return result;
}

std::vector<park_fate> postgres_log::park(partition_number partition,
                                          std::span<const parking> commands) {
    if (commands.empty()) return {};
    // Encoded once: should parking be in doubt, the very same is sent again.
    std::vector<std::vector<std::uint8_t>> payloads;
    for (const auto& one : commands)
        payloads.push_back(encode(domain::command_parked{*one.command, one.attempts, one.code}));
    const auto arguments = parkings_as_params(partition, commands, payloads);
    return writing(
        [&](session& db) { return park_fates_in(db.run(sql::statements::park, arguments)); },
        // Parking again tells what became of the first time: a key that was parked is found, by
        // whose submission it was, and one that was not is parked now.
        [&](session& db) {
            auto fates = park_fates_in(db.run(sql::statements::park, arguments));
            claim_own(commands, fates);
            return fates;
        });
}

remediation_fate postgres_log::record_failure(letter_seen letter,
                                              const domain::redrive_failed& what) {
    return remediate({.letter = letter, .what = what, .by = what.by, .reason = what.reason},
                     domain::remediation::redrive);
}

remediation_fate postgres_log::discard(letter_seen letter, const domain::command_discarded& what) {
    return remediate({.letter = letter, .what = what, .by = what.by, .reason = what.reason},
                     domain::remediation::discard);
}

remediation_fate postgres_log::remediate(const remediation_row& row, domain::remediation asked) {
    // The id came from a client, and may name a partition that there is not.
    const auto id = row.letter.id;
    if (number_of(partition_of(id)) >= partitions_) return remediation_fate::unknown;
    const auto run = [&](session& db) {
        return remediation_fate_in(db.run(sql::statements::remediate, remediation_as_params(row)),
                                   asked);
    };
    // An operator's step has no key to be found by, but its own words. Should they be another's, to
    // the letter, then what was asked is done all the same.
    return writing(run, [&](session& db) {
        return look_locked(db, partition_of(id), [&] {
            const auto letter = dead_letter_in(db, id);
            const bool written = std::any_of(letter.begin(), letter.end(),
                                             [&](const auto& e) { return e.what == row.what; });
            return written ? remediation_fate::done : run(db);
        });
    });
}

// ---- reading

std::vector<stored_event> postgres_log::read(partition_number partition, global_position after,
                                             std::size_t limit) {
    return reading([&](session& db) {
        const auto answer =
            db.run(sql::statements::read_events, params{}
                                                     .add(number_of(partition))
                                                     .add(number_of(after))
                                                     .add(static_cast<std::int64_t>(limit)));
        return stored_events_in(answer);
    });
}

std::vector<stored_event> postgres_log::scan(partition_number partition, global_position from,
                                             const event_filter& wanted, std::size_t limit) {
    const auto values = scan_as_params(partition, from, wanted, limit);
    return reading([&](session& db) {
        return stored_events_in(db.run(sql::statements::scan_events, values));
    });
}

std::vector<stored_membership_event>
postgres_log::history(domain::member_id who, domain::stream_version after, std::size_t limit) {
    return reading([&](session& db) {
        const auto answer = db.run(sql::statements::read_history,
                                   params{}
                                       .add(number_of(partition_of(who.guild, partitions_)))
                                       .add(domain::number_of(who.guild))
                                       .add(domain::number_of(who.user))
                                       .add(domain::number_of(after))
                                       .add(static_cast<std::int64_t>(limit)));
        std::vector<stored_membership_event> events;
        for (std::size_t row = 0; row < answer.size(); ++row)
            events.push_back(std::get<stored_membership_event>(stored_event_in(answer, row)));
        return events;
    });
}

std::vector<stored_dead_letter_event> postgres_log::dead_letter(dead_letter_id id) {
    return reading([&](session& db) { return dead_letter_in(db, id); });
}

std::vector<stored_dead_letter_event> postgres_log::dead_letter_in(session& db, dead_letter_id id) {
    const auto answer = db.run(sql::statements::read_dead_letter,
                               params{}.add(number_of(partition_of(id))).add(number_of(id)));
    std::vector<stored_dead_letter_event> events;
    for (std::size_t row = 0; row < answer.size(); ++row)
        events.push_back(std::get<stored_dead_letter_event>(stored_event_in(answer, row)));
    return events;
}

cursor postgres_log::tails() {
    return reading([&](session& db) {
        const auto answer = db.run(sql::statements::read_tails);
        cursor tails(partitions_);
        for (std::size_t row = 0; row < answer.size(); ++row)
            tails.advance(global_position{answer.number(row)});
        return tails;
    });
}

} // namespace datadrop::eventstore::postgres
