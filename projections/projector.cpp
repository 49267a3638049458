#include "projections/projector.hpp"

#include "eventstore/postgres/database.hpp"
#include "projections/connection.hpp"
#include "projections/fold.hpp"
#include "projections/sql/statements.hpp"
#include "projections/tables.hpp"

namespace datadrop::projections {
namespace {

namespace statements = sql::statements;
namespace postgres = eventstore::postgres;
using eventstore::global_position;

constexpr std::size_t batch_events_max = 5000;

global_position end_of(std::span<const eventstore::stored_event> events) {
    return std::visit([](const auto& e) { return e.position; }, events.back());
}

} // namespace

struct projector::link {
    link(const postgres::session::options& o, int partitions)
        : db(o), log(postgres::open_log(o, partitions)) {}

    connection db;
    std::unique_ptr<eventstore::log> log;
};

std::shared_ptr<projector::link> projector::make_link(const postgres::session::options& o,
                                                      int partitions) {
    return std::make_shared<link>(o, partitions);
}

struct projector::impl {
    impl(std::shared_ptr<link> shared_, int partition_)
        : shared(std::move(shared_)), partition(partition_),
          position(eventstore::position_at(partition_, 0)) {}

    /// The lock lives and dies with the session, and so does the right to write.
    bool is_active(postgres::session& session) {
        const int current = shared->db.session_number();
        if (locked_in == current) return true;
        const auto locked = session.run(statements::try_lock_projector,
                                        postgres::params{}.add(std::int64_t{partition}));
        if (!locked.flag(0, 0)) return false;
        session.run_script(statements::bound_projector);
        locked_in = current;
        return true;
    }

    /// The past of dead letters that the events only go on with.
    void put_known_letters(fold& into, const touched_rows& touched) {
        for (const auto id : touched.letters) {
            if (id > position) continue;
            auto events = shared->log->dead_letter(id);
            std::erase_if(events, [&](const auto& e) { return e.position > position; });
            into.put(std::move(events));
        }
    }

    /// False when the checkpoint was moved meanwhile, by a rebuild, and nothing was written.
    bool write_batch(postgres::session& session, std::span<const eventstore::stored_event> events) {
        touched_rows touched;
        touched.add(events);
        fold rows;
        put_known_letters(rows, touched);

        transaction whole(session);
        if (lock_checkpoint(session, partition) != position) return false;
        for (const auto& row : load_members(session, partition, touched.members))
            rows.put(row);
        for (const auto& e : events)
            rows.apply(e);
        write(session, generation::in_service, partition, rows.members());
        write(session, generation::in_service, partition, rows.letters());
        move_checkpoint(session, end_of(events));
        whole.commit();
        return true;
    }

    step_result step(postgres::session& session) {
        if (!is_active(session)) return step_result::standing_by;
        position = checkpoint(session, partition);
        const auto events = shared->log->read(partition, position, batch_events_max);
        if (events.empty()) return step_result::caught_up;
        if (write_batch(session, events)) position = end_of(events);
        return step_result::advanced;
    }

    std::shared_ptr<link> shared;
    int partition;
    global_position position;
    int locked_in = 0; // the number of the session that holds the lock
};

projector::projector(std::shared_ptr<link> shared, int partition)
    : impl_(std::make_unique<impl>(std::move(shared), partition)) {}

projector::~projector() = default;

projector::step_result projector::step() {
    return impl_->shared->db.run(
        [this](postgres::session& session) { return impl_->step(session); });
}

eventstore::global_position projector::position() const { return impl_->position; }

} // namespace datadrop::projections
