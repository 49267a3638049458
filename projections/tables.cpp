#include "projections/tables.hpp"

#include "projections/sql/statements.hpp"

#include <boost/json/serialize.hpp>

#include <stdexcept>

namespace datadrop::projections {
namespace {

namespace statements = sql::statements;
namespace postgres = eventstore::postgres;
using postgres::array;
using postgres::params;

constexpr std::size_t rows_per_statement_max = 5000;

/// The same statement for the tables of the next generation, which have the same columns.
std::string for_next_generation(std::string_view sql) {
    std::string text(sql);
    for (const std::string table : {"datadrop.membership", "datadrop.dead_letters"})
        for (auto at = text.find(table); at != std::string::npos; at = text.find(table, at + 1))
            text.insert(at + table.size(), "_next");
    return text;
}

std::string_view statement_for(generation into, std::string_view in_service,
                               const std::string& next) {
    return into == generation::in_service ? in_service : std::string_view(next);
}

params values_of(int partition, std::span<const member_row> rows) {
    array guilds, users, states, versions, lifecycles, emails, times, positions;
    for (const auto& row : rows) {
        guilds.add(number_of(row.who.guild));
        users.add(number_of(row.who.user));
        states.add(name_of(row.state));
        versions.add(number_of(row.version));
        lifecycles.add(row.lifecycle);
        emails.add(std::string_view(row.has_email ? "t" : "f"));
        times.add(row.updated_at.time_since_epoch().count());
        positions.add(number_of(row.position));
    }
    params values;
    values.add(std::int64_t{partition});
    for (auto* column :
         {&guilds, &users, &states, &versions, &lifecycles, &emails, &times, &positions})
        values.add_literal(std::move(*column).text());
    return values;
}

params values_of(int partition, std::span<const dead_letter_row> rows) {
    array letters, positions;
    for (const auto& row : rows) {
        letters.add(std::string_view(boost::json::serialize(row.shown)));
        positions.add(number_of(row.position));
    }
    params values;
    values.add(std::int64_t{partition});
    values.add_literal(std::move(letters).text());
    values.add_literal(std::move(positions).text());
    return values;
}

template <typename Row>
void write_in_batches(postgres::session& db, std::string_view sql, int partition,
                      std::span<const Row> rows) {
    while (!rows.empty()) {
        const auto batch = rows.first(std::min(rows.size(), rows_per_statement_max));
        db.run(sql, values_of(partition, batch));
        rows = rows.subspan(batch.size());
    }
}

params of(int partition) { return params{}.add(std::int64_t{partition}); }

eventstore::global_position position_in(const postgres::rows& answer) {
    if (answer.size() != 1) throw std::logic_error("a partition without a checkpoint");
    return eventstore::global_position{answer.number(0, 0)};
}

} // namespace

eventstore::global_position checkpoint(postgres::session& db, int partition) {
    return position_in(db.run(statements::checkpoint, of(partition)));
}

eventstore::global_position lock_checkpoint(postgres::session& db, int partition) {
    return position_in(db.run(statements::lock_checkpoint, of(partition)));
}

void move_checkpoint(postgres::session& db, eventstore::global_position to) {
    db.run(statements::move_checkpoint, of(partition_of(to)).add(number_of(to)));
}

member_row member_in(const postgres::rows& answer, std::size_t row) {
    const auto known_state = domain::parse<domain::state>(answer.text(row, 2));
    if (!known_state) throw std::logic_error("an unknown state in datadrop.membership");
    return {.who = {.guild = domain::guild_id{answer.number(row, 0)},
                    .user = domain::user_id{answer.number(row, 1)}},
            .state = *known_state,
            .version = domain::stream_version{answer.number(row, 3)},
            .lifecycle = answer.number(row, 4),
            .has_email = answer.flag(row, 5),
            .updated_at = domain::timestamp{std::chrono::microseconds{answer.number(row, 6)}},
            .position = eventstore::global_position{answer.number(row, 7)}};
}

std::vector<member_row> load_members(postgres::session& db, int partition,
                                     const std::set<domain::member_id>& wanted) {
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

void write(postgres::session& db, generation into, int partition,
           std::span<const member_row> rows) {
    static const auto next = for_next_generation(statements::write_members);
    write_in_batches(db, statement_for(into, statements::write_members, next), partition, rows);
}

void write(postgres::session& db, generation into, int partition,
           std::span<const dead_letter_row> rows) {
    static const auto next = for_next_generation(statements::write_dead_letters);
    write_in_batches(db, statement_for(into, statements::write_dead_letters, next), partition,
                     rows);
}

} // namespace datadrop::projections
