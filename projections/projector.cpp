#include "projections/projector.hpp"

#include "eventstore/postgres/driver/transaction.hpp"
#include "projections/fold.hpp"
#include "projections/lasting_session.hpp"
#include "projections/sql/statements.hpp"
#include "projections/tables.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>
#include <span>
#include <stdexcept>

namespace datadrop::projections {
namespace {

namespace statements = sql::statements;
namespace postgres = eventstore::postgres;
using eventstore::global_position;

/// The longer a batch, the more of its rows share a page of the table.
constexpr std::int64_t batch_events_max = 20'000;

/// So many members' states are kept at hand by the projectors of a link together, 32 bytes each;
/// then they are read anew.
constexpr std::size_t known_members_max = 200'000;

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
    std::size_t projectors = 0;
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
          position(eventstore::position_at(partition_, 0)) {
        ++shared->projectors;
    }

    /// The lock lives and dies with the session, and so does the right to write.
    bool is_active(postgres::session& session) {
        const int current = shared->db.session_number();
        if (locked_in == current) return true;
        const auto locked = session.run(statements::try_lock_projector,
                                        postgres::params{}.add(std::int64_t{number_of(partition)}));
        if (!locked.flag()) return false;
        session.run_script(statements::bound_projector);
        locked_in = current;
        known.clear(); // another session may have led to another history of the same length
        return true;
    }

    log_page read_batch(postgres::session& session, global_position log_end) {
        batch_end =
            global_position{std::min(number_of(log_end), number_of(position) + batch_events_max)};
        return read_page(session, {.after = position, .end = batch_end});
    }

    /// Where members and dead letters stand before the events.
    void put_before(fold& rows, postgres::session& session, const log_page& events) {
        for (const auto& e : events.of_letters)
            if (e.letter <= position && !rows.has(e.letter))
                rows.put(read_dead_letter(session, e.letter, position));
        std::vector<domain::member_id> unknown;
        for (const auto& e : events.of_members)
            put_member_before(rows, e, unknown);
        if (unknown.empty()) return;
        for (const auto& row : load_members(session, partition, unknown))
            rows.put(row.who, membership_in(row));
    }

    void put_member_before(fold& rows, const member_event& e,
                           std::vector<domain::member_id>& unknown) {
        if (rows.has(e.who)) return;
        const auto found = known.find(e.who);
        rows.put(e.who, found == known.end() ? domain::membership{} : found->second);
        const bool is_new = e.version == domain::stream_version{1};
        if (found == known.end() && !is_new) unknown.push_back(e.who);
    }

    /// False when the checkpoint was moved meanwhile, by a rebuild, and nothing was written.
    bool write(postgres::session& session, const fold& rows) {
        const auto members = rows.members(position);
        const auto letters = rows.letters(position);
        const projection_move move{.from = position, .generation = serving, .to = batch_end};
        if (letters.empty()) {
            if (!project(session, move, members)) return false;
        } else {
            postgres::transaction whole(session);
            if (!project(session, move, members)) return false;
            projections::write(session, generation::in_service, partition, letters);
            whole.commit();
        }
        remember(members);
        return true;
    }

    void remember(std::span<const member_row> members) {
        if (known.size() + members.size() > known_members_max / shared->projectors) known.clear();
        for (const auto& row : members)
            known[row.who] = membership_in(row);
    }

    step_result step(postgres::session& session) {
        if (!is_active(session)) return step_result::standing_by;
        const auto now = look_at_log(session, partition);
        // What is known of the members holds for these tables at this position only.
        if (now.checkpoint != position || now.generation != serving) known.clear();
        position = now.checkpoint;
        serving = now.generation;
        if (position >= now.log_end) return step_result::caught_up;
        const auto events = read_batch(session, now.log_end);
        fold rows;
        put_before(rows, session, events);
        rows.apply(events);
        if (write(session, rows)) position = batch_end;
        return step_result::advanced;
    }

    std::shared_ptr<link> shared;
    eventstore::partition_number partition;
    global_position position;
    global_position batch_end{}; // where the batch under way ends
    std::int64_t serving = 0;    // the generation of the tables
    int locked_in = 0;           // the number of the session that holds the lock
    boost::unordered_flat_map<domain::member_id, domain::membership, std::hash<domain::member_id>>
        known; // members as the tables have them
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
