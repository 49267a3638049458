#include "projections/read_model.hpp"

#include "projections/lasting_session.hpp"
#include "projections/letter_pages.hpp"
#include "projections/sql/statements.hpp"
#include "projections/standing.hpp"
#include "projections/tables.hpp"

namespace datadrop::projections {
namespace {

namespace statements = sql::statements;
namespace postgres = eventstore::postgres;
using eventstore::partition_of;
using postgres::params;

/// The columns of rebuilds.sql.
enum class rebuild_column {
    partition,
    done,
    total,
    started_at,
    started_by,
    phase,
    resumed_from,
    lasts,
    is_under_way
};

template <typename Enum>
std::optional<std::string> name_if_given(const std::optional<Enum>& value) {
    return value ? std::optional(std::string(name_of(*value))) : std::nullopt;
}

params of(eventstore::partition_number partition) {
    return params{}.add(std::int64_t{number_of(partition)});
}

std::vector<member_row> rows_in(const postgres::rows& answer) {
    std::vector<member_row> rows;
    for (std::size_t i = 0; i < answer.size(); ++i)
        rows.push_back(member_in(answer, i));
    return rows;
}

/// Members of one guild behind the last one seen; one of another guild is no place in this one.
std::vector<member_row> members_of_guild(postgres::session& db,
                                         eventstore::partition_number partition,
                                         const member_query& query) {
    const auto seen =
        query.after && query.after->guild == *query.guild ? query.after->user : domain::user_id{};
    return rows_in(db.run(statements::members_of_guild, of(partition)
                                                            .add(number_of(*query.guild))
                                                            .add(number_of(seen))
                                                            .add(name_if_given(query.state))
                                                            .add(std::int64_t(query.limit))));
}

std::vector<member_row> members_of_partition(postgres::session& db,
                                             eventstore::partition_number partition,
                                             domain::member_id after, const member_query& query,
                                             std::size_t limit) {
    return rows_in(db.run(statements::members, of(partition)
                                                   .add(number_of(after.guild))
                                                   .add(number_of(after.user))
                                                   .add(name_if_given(query.state))
                                                   .add(std::int64_t(limit))));
}

/// All guilds: partition after partition until the page is full.
std::vector<member_row> members_of_all(postgres::session& db, int partitions,
                                       const member_query& query) {
    std::vector<member_row> page;
    const auto first =
        query.after ? partition_of(query.after->guild, partitions) : eventstore::partition_number{};
    auto after = query.after.value_or(domain::member_id{});
    for (const auto p : eventstore::partitions_from(first, partitions)) {
        if (page.size() >= query.limit) break;
        const auto more = members_of_partition(db, p, after, query, query.limit - page.size());
        page.insert(page.end(), more.begin(), more.end());
        after = {};
    }
    return page;
}

/// One partition's part of the status.
void add_standing(projection_status& status, postgres::session& db,
                  eventstore::partition_number partition) {
    const auto is = read_lag(db, partition);
    status.position.advance(is.read_model);
    status.head.advance(is.log);
    const auto lag_events = number_of(is.log) - number_of(is.read_model);
    status.lag_events += lag_events;
    status.partitions.push_back({.partition = partition,
                                 .position = is.read_model,
                                 .head = is.log,
                                 .lag_events = lag_events,
                                 .lag_seconds = is.lag_seconds});
    status.lag_seconds = std::max(status.lag_seconds, is.lag_seconds);
}

eventstore::partition_number partition_in(const postgres::rows& answer, std::size_t row) {
    const auto number = answer.number(row, rebuild_column::partition);
    return eventstore::partition_number{static_cast<std::int32_t>(number)};
}

rebuild_progress progress_in(const postgres::rows& answer, std::size_t row) {
    return {.partition = partition_in(answer, row),
            .done = answer.number(row, rebuild_column::done),
            .of = answer.number(row, rebuild_column::total),
            .started_at = answer.time(row, rebuild_column::started_at),
            .by = std::string(answer.text(row, rebuild_column::started_by)),
            .phase = std::string(answer.text(row, rebuild_column::phase)),
            .from = answer.number(row, rebuild_column::resumed_from),
            .lasts = std::chrono::microseconds(answer.number(row, rebuild_column::lasts))};
}

void add_rebuilds(projection_status& status, postgres::session& db) {
    const auto answer = db.run(statements::rebuilds);
    for (std::size_t i = 0; i < answer.size(); ++i) {
        const bool under_way = answer.flag(i, rebuild_column::is_under_way);
        (under_way ? status.rebuilds : status.killed).push_back(progress_in(answer, i));
    }
}

} // namespace

struct read_model::impl {
    impl(postgres::session::options o, int partitions_)
        : db(std::move(o)), partitions(partitions_) {}

    lasting_session db;
    int partitions;

    /// A reader has to come back whatever kept the database from answering, as with the log.
    template <typename Run>
    auto run(Run&& with_session) {
        try {
            return db.run(std::forward<Run>(with_session));
        } catch (const postgres::statement_refused& e) {
            throw eventstore::unavailable(e.what());
        }
    }
};

read_model::read_model(postgres::session::options o, int partitions)
    : impl_(std::make_unique<impl>(std::move(o), partitions)) {}

read_model::~read_model() = default;

void read_model::connect() { impl_->db.connect(); }

std::optional<member_row> read_model::member(domain::member_id who) {
    return impl_->run([&](postgres::session& db) {
        const auto found = load_members(db, partition_of(who.guild, impl_->partitions), {&who, 1});
        return found.empty() ? std::nullopt : std::optional(found.front());
    });
}

std::vector<member_row> read_model::members(const member_query& query) {
    return impl_->run([&](postgres::session& db) {
        if (!query.guild) return members_of_all(db, impl_->partitions, query);
        return members_of_guild(db, partition_of(*query.guild, impl_->partitions), query);
    });
}

std::vector<boost::json::object> read_model::dead_letters(const dead_letter_query& query) {
    return impl_->run(
        [&](postgres::session& db) { return read_letters(db, impl_->partitions, query); });
}

std::map<std::string, dead_letter_count>
read_model::count_dead_letters(const dead_letter_filter& of) {
    return impl_->run(
        [&](postgres::session& db) { return count_letters(db, impl_->partitions, of); });
}

winners read_model::winners_of(std::span<const eventstore::stored_dead_letter_event> events) {
    if (events.empty()) return {};
    const auto partition = partition_of(events.front().letter);
    return impl_->run([&](postgres::session& db) { return read_winners(db, partition, events); });
}

void read_model::run_with(const std::function<void(postgres::session&)>& work) {
    impl_->run([&](postgres::session& db) { work(db); });
}

projection_status read_model::status() {
    const int partitions = impl_->partitions;
    return impl_->run([&](postgres::session& db) {
        projection_status status{.position = eventstore::cursor(partitions),
                                 .head = eventstore::cursor(partitions),
                                 .partitions = {},
                                 .rebuilds = {},
                                 .killed = {},
                                 .previous = read_previous(db)};
        add_rebuilds(status, db);
        for (const auto p : eventstore::all_partitions(partitions))
            add_standing(status, db, p);
        return status;
    });
}

figures read_model::figures_now() {
    return impl_->run([&](postgres::session& db) { return read_figures(db, impl_->partitions); });
}

eventstore::cursor read_model::position() {
    return impl_->run(
        [&](postgres::session& db) { return read_checkpoints(db, impl_->partitions); });
}

} // namespace datadrop::projections
