#include "projections/tables.hpp"

#include "projections/sql/statements.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <future>

namespace datadrop::projections {
namespace {

namespace statements = sql::statements;
namespace postgres = eventstore::postgres;
using postgres::array;
using postgres::params;

/// The columns of members.sql, and of its kin.
enum class member_column {
    guild,
    user,
    state,
    version,
    lifecycle,
    has_email,
    updated_at,
    position
};

/// The columns of previous.sql.
enum class previous_column { partition, position, switched_at };

constexpr int columns_of_fill_members = 9;

constexpr std::size_t rows_per_statement_max = 5000;
constexpr std::size_t rows_per_copy_max = 10'000;

params of(eventstore::partition_number partition) {
    return params{}.add(std::int64_t{number_of(partition)});
}

params values_of(eventstore::partition_number partition, std::span<const member_row> rows) {
    array guilds, users, states, versions, lifecycles, emails, times, positions;
    for (const auto& row : rows) {
        guilds.add(number_of(row.who.guild));
        users.add(number_of(row.who.user));
        states.add(name_of(row.state));
        versions.add(number_of(row.version));
        lifecycles.add(row.lifecycle);
        emails.add(std::string_view(row.has_email ? "t" : "f"));
        times.add(domain::micros_of(row.updated_at));
        positions.add(number_of(row.position));
    }
    auto values = of(partition);
    for (auto* column :
         {&guilds, &users, &states, &versions, &lifecycles, &emails, &times, &positions})
        values.add_literal(std::move(*column).text());
    return values;
}

params values_of(eventstore::partition_number partition, std::span<const dead_letter_row> rows) {
    array letters, positions;
    for (const auto& row : rows) {
        letters.add(std::string_view(boost::json::serialize(row.shown)));
        positions.add(number_of(row.position));
    }
    auto values = of(partition);
    values.add_literal(std::move(letters).text());
    values.add_literal(std::move(positions).text());
    return values;
}

template <typename Row>
void write_in_batches(postgres::session& db, std::string_view sql,
                      eventstore::partition_number partition, std::span<const Row> rows) {
    while (!rows.empty()) {
        const auto batch = rows.first(std::min(rows.size(), rows_per_statement_max));
        db.run(sql, values_of(partition, batch));
        rows = rows.subspan(batch.size());
    }
}

/// The columns of fill_members.sql.
void add(postgres::copied_rows& copied, eventstore::partition_number partition,
         const member_row& row) {
    copied.start_row(columns_of_fill_members);
    copied.smallint(number_of(partition));
    copied.bigint(number_of(row.who.guild));
    copied.bigint(number_of(row.who.user));
    copied.text(name_of(row.state));
    copied.bigint(number_of(row.version));
    copied.bigint(row.lifecycle);
    copied.boolean(row.has_email);
    copied.timestamptz(row.updated_at);
    copied.bigint(number_of(row.position));
}

postgres::copied_rows copied(eventstore::partition_number partition,
                             std::span<const member_row> rows) {
    postgres::copied_rows all;
    for (const auto& row : rows)
        add(all, partition, row);
    return all;
}

domain::state state_in(std::string_view name) {
    if (const auto known = domain::parse<domain::state>(name)) return *known;
    throw postgres::unexpected_value("an unknown state in datadrop.membership");
}

/// A row of copy_members.sql, or of its kin.
member_columns columns_in(postgres::copied_row& row) {
    member_columns is;
    is.who.guild = domain::guild_id{row.number()};
    is.who.user = domain::user_id{row.number()};
    is.state = row.text();
    is.version = row.number();
    is.lifecycle = row.number();
    is.has_email = row.flag();
    is.updated_at = row.time();
    is.position = row.number();
    return is;
}

/// While the server puts some in, the next are made ready.
void copy_rows_in(postgres::session& db, std::string_view into,
                  eventstore::partition_number partition, std::span<const member_row> rows,
                  const std::function<void()>& between) {
    const auto make_ready = [&] {
        const auto batch = rows.first(std::min(rows.size(), rows_per_copy_max));
        rows = rows.subspan(batch.size());
        return std::async(std::launch::async, copied, partition, batch);
    };
    if (rows.empty()) return;
    for (auto next = make_ready(); next.valid();) {
        auto ready = next.get();
        if (!rows.empty()) next = make_ready();
        db.copy_in(into, std::move(ready));
        between();
    }
}

eventstore::global_position position_in(const postgres::rows& answer) {
    if (answer.size() != 1) throw postgres::unexpected_value("a partition has no checkpoint");
    return eventstore::global_position{answer.number()};
}

} // namespace

eventstore::global_position checkpoint(postgres::session& db,
                                       eventstore::partition_number partition) {
    return position_in(db.run(statements::checkpoint, of(partition)));
}

eventstore::global_position lock_checkpoint(postgres::session& db,
                                            eventstore::partition_number partition) {
    return position_in(db.run(statements::lock_checkpoint, of(partition)));
}

void move_checkpoint(postgres::session& db, eventstore::global_position to) {
    db.run(statements::move_checkpoint, of(partition_of(to)).add(number_of(to)));
}

member_row member_in(const postgres::rows& answer, std::size_t row) {
    using enum member_column;
    const auto known_state = state_in(answer.text(row, state));
    return {.who = {.guild = domain::guild_id{answer.number(row, guild)},
                    .user = domain::user_id{answer.number(row, user)}},
            .state = known_state,
            .version = domain::stream_version{answer.number(row, version)},
            .lifecycle = answer.number(row, lifecycle),
            .has_email = answer.flag(row, has_email),
            .updated_at = answer.time(row, updated_at),
            .position = eventstore::global_position{answer.number(row, position)}};
}

std::vector<member_row> load_members(postgres::session& db, eventstore::partition_number partition,
                                     std::span<const domain::member_id> wanted) {
    array guilds, users;
    for (const auto& who : wanted) {
        guilds.add(number_of(who.guild));
        users.add(number_of(who.user));
    }
    const auto answer = db.run(
        statements::members_by_id,
        of(partition).add_literal(std::move(guilds).text()).add_literal(std::move(users).text()));
    std::vector<member_row> rows;
    for (std::size_t i = 0; i < answer.size(); ++i)
        rows.push_back(member_in(answer, i));
    return rows;
}

member_columns columns_of(const member_row& row) {
    return {.who = row.who,
            .state = name_of(row.state),
            .version = number_of(row.version),
            .lifecycle = row.lifecycle,
            .has_email = row.has_email,
            .updated_at = row.updated_at,
            .position = number_of(row.position)};
}

member_row row_of(const member_columns& columns) {
    return {.who = columns.who,
            .state = state_in(columns.state),
            .version = domain::stream_version{columns.version},
            .lifecycle = columns.lifecycle,
            .has_email = columns.has_email,
            .updated_at = columns.updated_at,
            .position = eventstore::global_position{columns.position}};
}

std::string in_generation(generation which, std::string_view sql) {
    std::string text(sql);
    if (which == generation::in_service) return text;
    for (const std::string_view table : {"datadrop.membership", "datadrop.dead_letters"})
        if (const auto at = text.find(table); at != std::string::npos)
            text.insert(at + table.size(), "_next");
    return text;
}

void read_members(postgres::session& db, eventstore::partition_number partition,
                  const std::function<void(const member_columns&)>& each, std::int64_t limit) {
    db.copy_out(statements::copy_members, {number_of(partition), limit},
                [&](postgres::copied_row& row) { each(columns_in(row)); });
}

void read_member(postgres::session& db, eventstore::partition_number partition,
                 domain::member_id who, const std::function<void(const member_columns&)>& each) {
    db.copy_out(statements::copy_member_row,
                {number_of(partition), number_of(who.guild), number_of(who.user)},
                [&](postgres::copied_row& row) { each(columns_in(row)); });
}

void read_share_of_members(postgres::session& db, int partitions,
                           const std::function<void(const member_columns&)>& each,
                           std::int64_t limit) {
    for (const auto p : eventstore::all_partitions(partitions))
        read_members(
            db, p,
            [&](const member_columns& row) {
                --limit;
                each(row);
            },
            limit / (partitions - number_of(p)));
}

void fill_next_members(postgres::session& db, eventstore::partition_number partition,
                       std::span<const member_row> rows, const std::function<void()>& between) {
    copy_rows_in(db, statements::fill_members, partition, rows, between);
}

void read_next_members(postgres::session& db,
                       const std::function<void(const member_columns&)>& each) {
    db.copy_out(statements::copy_next_members, {},
                [&](postgres::copied_row& row) { each(columns_in(row)); });
}

void fill_kept_members(postgres::session& db, eventstore::partition_number partition,
                       std::span<const member_row> rows) {
    copy_rows_in(db, statements::fill_kept_members, partition, rows, [] {});
}

void read_kept_members(postgres::session& db, eventstore::partition_number partition,
                       const std::function<void(const member_row&)>& each) {
    db.copy_out(statements::copy_kept_members, {number_of(partition)},
                [&](postgres::copied_row& row) { each(row_of(columns_in(row))); });
}

std::vector<previous_tables> read_previous(postgres::session& db) {
    const auto rows = db.run(statements::previous);
    std::vector<previous_tables> kept;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const eventstore::global_position position{rows.number(i, previous_column::position)};
        kept.push_back({.partition = partition_of(position),
                        .position = position,
                        .switched_at = rows.time(i, previous_column::switched_at)});
    }
    return kept;
}

projected project(postgres::session& db, const projection_move& move) {
    const auto answer =
        db.run(statements::project, of(partition_of(move.to))
                                        .add(number_of(move.from))
                                        .add(move.generation)
                                        .add(number_of(move.to))
                                        .add(std::string_view(move.letters_follow ? "t" : "f")));
    const auto what = answer.text();
    if (what == "written") return projected::written;
    if (what == "overtaken") return projected::overtaken;
    if (what == "letters") return projected::not_without_letters;
    if (what == "fold") return projected::not_without_a_fold;
    throw postgres::unexpected_value("an unknown answer of datadrop.project");
}

void write(postgres::session& db, generation into, eventstore::partition_number partition,
           std::span<const member_row> rows) {
    write_in_batches(db, in_generation(into, statements::write_members), partition, rows);
}

void write(postgres::session& db, generation into, eventstore::partition_number partition,
           std::span<const dead_letter_row> rows) {
    write_in_batches(db, in_generation(into, statements::write_dead_letters), partition, rows);
}

} // namespace datadrop::projections
