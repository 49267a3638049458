#include "projections/letter_pages.hpp"

#include "projections/letter_record.hpp"
#include "projections/sql/statements.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>

namespace datadrop::projections {
namespace {

namespace postgres = eventstore::postgres;
using eventstore::partition_number;
using postgres::params;

/// The columns of list_dead_letters.sql.
enum class letter_column {
    shown,
    id,
    guild,
    user,
    position,
    recorded_at,
    state,
    version,
    lifecycle
};

/// The columns of count_dead_letters.sql.
enum class count_column { code, count, oldest };

template <typename Id>
void add_number(params& values, const std::optional<Id>& id) {
    id ? values.add(number_of(*id)) : values.add_null();
}

template <typename Enum>
void add_name(params& values, const std::optional<Enum>& value) {
    value ? values.add(name_of(*value)) : values.add_null();
}

void add_time(params& values, const std::optional<domain::timestamp>& time) {
    time ? values.add(domain::micros_of(*time)) : values.add_null();
}

/// The partitions to look in, from one on: a guild is in one.
auto partitions_of(const dead_letter_filter& of, partition_number first, int partitions) {
    if (!of.guild) return eventstore::partitions_from(first, partitions);
    const auto only = eventstore::partition_of(*of.guild, partitions);
    return eventstore::partitions_from(only, eventstore::number_of(only) + 1);
}

eventstore::head member_in(const postgres::rows& page, std::size_t row) {
    const auto state = domain::parse<domain::state>(page.text(row, letter_column::state));
    if (!state) throw postgres::unexpected_value("an unknown state in datadrop.membership");
    return {.version = domain::stream_version{page.number(row, letter_column::version)},
            .member = {.current = *state, .lifecycle = page.number(row, letter_column::lifecycle)}};
}

/// As much of the letter's last event as its tag is made of.
eventstore::stored_dead_letter_event last_event_in(const postgres::rows& page, std::size_t row) {
    return {.position = eventstore::global_position{page.number(row, letter_column::position)},
            .letter = eventstore::dead_letter_id{page.number(row, letter_column::id)},
            .who = {.guild = domain::guild_id{page.number(row, letter_column::guild)},
                    .user = domain::user_id{page.number(row, letter_column::user)}},
            .what = {},
            .recorded_at = page.time(row, letter_column::recorded_at)};
}

boost::json::object letter_in(const postgres::rows& page, std::size_t row) {
    auto letter = boost::json::parse(page.text(row, letter_column::shown)).as_object();
    complete(letter, last_event_in(page, row), member_in(page, row));
    return letter;
}

} // namespace

params filter_values(partition_number partition, eventstore::dead_letter_id after,
                     const dead_letter_filter& of) {
    params values;
    values.add(std::int64_t{number_of(partition)}).add(number_of(after));
    add_number(values, of.guild);
    add_number(values, of.user);
    add_name(values, of.command);
    values.add(of.code);
    add_name(values, of.status);
    add_time(values, of.parked_before);
    add_time(values, of.parked_after);
    return values;
}

std::vector<boost::json::object> read_letters(postgres::session& db, int partitions,
                                              const dead_letter_query& query) {
    std::vector<boost::json::object> letters;
    const auto after = query.after.value_or(eventstore::dead_letter_id{});
    for (const auto p : partitions_of(query.of, partition_of(after), partitions)) {
        if (letters.size() >= query.limit) break;
        auto values = filter_values(p, after, query.of);
        values.add(std::int64_t(query.limit - letters.size()));
        const auto page = db.run(sql::statements::list_dead_letters, values);
        for (std::size_t i = 0; i < page.size(); ++i)
            letters.push_back(letter_in(page, i));
    }
    return letters;
}

std::map<std::string, dead_letter_count> count_letters(postgres::session& db, int partitions,
                                                       const dead_letter_filter& of) {
    std::map<std::string, dead_letter_count> counts;
    for (const auto p : partitions_of(of, partition_number{}, partitions)) {
        const auto rows = db.run(sql::statements::count_dead_letters,
                                 filter_values(p, eventstore::dead_letter_id{}, of));
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto oldest = rows.time(i, count_column::oldest);
            auto& all = counts[std::string(rows.text(i, count_column::code))];
            all.oldest_parked_at = all.count == 0 ? oldest : std::min(all.oldest_parked_at, oldest);
            all.count += rows.number(i, count_column::count);
        }
    }
    return counts;
}

} // namespace datadrop::projections
