#include "projections/projector.hpp"

#include "eventstore/postgres/driver/transaction.hpp"
#include "projections/fold.hpp"
#include "projections/lasting_session.hpp"
#include "projections/sql/statements.hpp"
#include "projections/tables.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

namespace datadrop::projections {
namespace {

namespace statements = sql::statements;
namespace postgres = eventstore::postgres;
using eventstore::global_position;

/// The longer a batch, the more of its rows share a page of the table.
constexpr std::int64_t batch_events_max = 20'000;

/// The columns of look_at_log.sql.
enum class look_column { checkpoint, log_end, generation };

struct look {
    global_position checkpoint{};
    global_position log_end{};
    std::int64_t generation = 0;
};

look look_at_log(postgres::session& session, eventstore::partition_number partition) {
    const auto answer = session.run(statements::look_at_log,
                                    postgres::params{}.add(std::int64_t{number_of(partition)}));
    if (answer.size() != 1) throw postgres::unexpected_value("a partition has no checkpoint");
    return {.checkpoint = global_position{answer.number(0, look_column::checkpoint)},
            .log_end = global_position{answer.number(0, look_column::log_end)},
            .generation = answer.number(0, look_column::generation)};
}

domain::membership membership_in(const member_row& row) {
    return {.current = row.state, .has_email = row.has_email, .lifecycle = row.lifecycle};
}

} // namespace

struct projector::link {
    explicit link(const postgres::session::options& o) : db(o) {}

    lasting_session db;
};

std::shared_ptr<projector::link> projector::make_link(const postgres::session::options& o) {
    return std::make_shared<link>(o);
}

void projector::connect(link& shared) { shared.db.connect(); }

std::vector<domain::member_id>
projector::draw_members(link& shared, eventstore::partition_number partition, std::size_t count) {
    return shared.db.run([&](postgres::session& session) {
        return projections::draw_members(session, partition, count);
    });
}

members_checked projector::check_members(link& shared, eventstore::partition_number partition,
                                         std::span<const domain::member_id> members,
                                         std::int64_t events_max) {
    return shared.db.run([&](postgres::session& session) {
        return projections::check_members(session, partition, members, events_max);
    });
}

struct projector::impl {
    impl(std::shared_ptr<link> shared_, eventstore::partition_number partition_)
        : shared(std::move(shared_)), partition(partition_),
          position(eventstore::position_at(partition_, 0)) {}

    /// The lock lives and dies with the session, and so does the right to write.
    bool is_active(postgres::session& session) {
        const int current = shared->db.session_number();
        if (locked_in == current) return true;
        const auto locked = session.run(statements::try_lock_projector,
                                        postgres::params{}.add(std::int64_t{number_of(partition)}));
        if (!locked.flag()) return false;
        session.run_script(statements::bound_projector);
        locked_in = current;
        return true;
    }

    /// Where dead letters stand before the events.
    void put_letters_before(fold& rows, postgres::session& session, const log_page& events) {
        for (const auto& e : events.of_letters)
            if (e.letter <= position && !rows.has(e.letter))
                rows.put(read_dead_letter(session, e.letter, position));
    }

    /// Where members do.
    void put_members_before(fold& rows, postgres::session& session, const log_page& events) {
        std::vector<domain::member_id> there;
        for (const auto& e : events.of_members) {
            if (rows.has(e.who)) continue;
            rows.put(e.who, {});
            if (e.version != domain::stream_version{1}) there.push_back(e.who);
        }
        for (const auto& row : load_members(session, partition, there))
            rows.put(row.who, membership_in(row));
    }

    /// In a transaction of the caller's that has locked the checkpoint.
    void fold_and_write(postgres::session& session, const log_page& events) {
        fold rows;
        put_letters_before(rows, session, events);
        put_members_before(rows, session, events);
        rows.apply(events);
        projections::write(session, generation::in_service, partition, rows.members(position));
        projections::write(session, generation::in_service, partition, rows.letters(position));
    }

    // Each is false when the checkpoint was moved meanwhile, by a rebuild, and nothing was written.

    bool advance(postgres::session& session, projection_move move) {
        switch (project(session, move)) {
        case projected::written:
            return true;
        case projected::overtaken:
            return false;
        case projected::not_without_letters:
            return advance_with_letters(session, move);
        case projected::not_without_a_fold:
            return advance_by_fold(session, move);
        }
        return false;
    }

    bool advance_with_letters(postgres::session& session, projection_move move) {
        postgres::transaction whole(session);
        move.letters_follow = true;
        if (project(session, move) != projected::written) return false;
        fold_and_write(session, read_letter_events(session, {.after = move.from, .end = move.to}));
        whole.commit();
        return true;
    }

    bool advance_by_fold(postgres::session& session, const projection_move& move) {
        postgres::transaction whole(session);
        if (lock_checkpoint(session, partition) != move.from) return false;
        if (look_at_log(session, partition).generation != move.generation) return false;
        fold_and_write(session, read_page(session, {.after = move.from, .end = move.to}));
        move_checkpoint(session, move.to);
        whole.commit();
        return true;
    }

    step_result step(postgres::session& session) {
        if (!is_active(session)) return step_result::standing_by;
        const auto now = look_at_log(session, partition);
        position = now.checkpoint;
        if (position >= now.log_end) return step_result::caught_up;
        const global_position end{
            std::min(number_of(now.log_end), number_of(position) + batch_events_max)};
        if (advance(session, {.from = position, .generation = now.generation, .to = end}))
            position = end;
        return step_result::advanced;
    }

    std::shared_ptr<link> shared;
    eventstore::partition_number partition;
    global_position position;
    int locked_in = 0; // the number of the session that holds the lock
};

projector::projector(std::shared_ptr<link> shared, eventstore::partition_number partition)
    : impl_(std::make_unique<impl>(std::move(shared), partition)) {}

projector::~projector() = default;

projector::step_result projector::step() {
    return impl_->shared->db.run(
        [this](postgres::session& session) { return impl_->step(session); });
}

eventstore::global_position projector::position() const { return impl_->position; }

} // namespace datadrop::projections
