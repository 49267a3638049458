#include "eventstore/postgres/database.hpp"
#include "projections/connection.hpp"
#include "projections/fold.hpp"
#include "projections/rebuild.hpp"
#include "projections/rfc3339.hpp"
#include "projections/sql/statements.hpp"
#include "projections/tables.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <array>
#include <map>

namespace datadrop::projections {
namespace {

namespace json = boost::json;
namespace statements = sql::statements;
namespace postgres = eventstore::postgres;
using postgres::params;
using postgres::session;

constexpr std::int64_t page_rows = 5000;

std::string name_of_row(domain::member_id who) {
    return fmt::format("guild {} user {}", number_of(who.guild), number_of(who.user));
}

std::string name_of_row(eventstore::dead_letter_id id) {
    return fmt::format("dead letter {}", number_of(id));
}

void add_column(std::string& what, std::string_view column, std::string_view is,
                std::string_view should) {
    if (!what.empty()) what += "; ";
    what += fmt::format("{} is {}, should be {}", column, is, should);
}

/// The columns behind the key of members.sql, as texts: a row that is wrong may hold anything.
using member_columns = std::array<std::string, 6>;
constexpr std::array<std::string_view, 6> member_column_names{
    "state", "version", "lifecycle", "has_email", "updated_at", "position"};

std::string_view text_of(bool flag) { return flag ? "true" : "false"; }

member_columns columns_of(const member_row& row) {
    return {std::string(name_of(row.state)), std::to_string(number_of(row.version)),
            std::to_string(row.lifecycle),   std::string(text_of(row.has_email)),
            to_text(row.updated_at),         std::to_string(number_of(row.position))};
}

member_columns columns_in(const postgres::rows& answer, std::size_t row) {
    const domain::timestamp updated_at{std::chrono::microseconds{answer.number(row, 6)}};
    return {std::string(answer.text(row, 2)),
            std::string(answer.text(row, 3)),
            std::string(answer.text(row, 4)),
            std::string(text_of(answer.flag(row, 5))),
            to_text(updated_at),
            std::string(answer.text(row, 7))};
}

std::string difference_of(const member_columns& is, const member_columns& should) {
    std::string what;
    for (std::size_t i = 0; i < is.size(); ++i)
        if (is[i] != should[i]) add_column(what, member_column_names[i], is[i], should[i]);
    return what;
}

std::string shown(const json::value& value) {
    return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

struct dead_letter_columns {
    json::object fields;
    std::int64_t position = 0;
};

std::string difference_of(const dead_letter_columns& is, const dead_letter_columns& should) {
    std::string what;
    for (const auto& [name, value] : should.fields)
        if (is.fields.at(name) != value)
            add_column(what, name, shown(is.fields.at(name)), shown(value));
    if (is.position != should.position)
        add_column(what, "position", std::to_string(is.position), std::to_string(should.position));
    return what;
}

/// Compares a table with the rows it should have: those that it has come first, in any order.
template <typename Key, typename Columns>
class comparison {
  public:
    comparison(std::string table, std::map<Key, Columns> should, std::vector<difference>& into)
        : table_(std::move(table)), should_(std::move(should)), differences_(into) {}

    void found(const Key& key, const Columns& is) {
        const auto expected = should_.find(key);
        if (expected == should_.end()) return report(key, "should not be there");
        if (auto what = difference_of(is, expected->second); !what.empty())
            report(key, std::move(what));
        should_.erase(expected);
    }

    void finish() {
        for (const auto& [key, columns] : should_)
            report(key, "missing");
    }

  private:
    void report(const Key& key, std::string what) {
        differences_.push_back({.table = table_, .row = name_of_row(key), .what = std::move(what)});
    }

    std::string table_;
    std::map<Key, Columns> should_;
    std::vector<difference>& differences_;
};

/// The check of one partition; what it finds goes into a report.
class partition_check {
  public:
    partition_check(session& db, eventstore::log& log, int partition, verify_report& into)
        : db_(db), log_(log), partition_(partition), report_(into) {}

    /// The long part, folding the log, is done before the snapshot is taken: while that is held,
    /// no rebuild can switch.
    void run(const report_progress& report) {
        log_folder folder(log_, partition_);
        fold_to(folder, checkpoint(db_, partition_), report);

        transaction snapshot(db_, postgres::isolation::repeatable_read_read_only);
        db_.run_script(statements::hold_read_model);
        const auto end = checkpoint(db_, partition_);
        if (end < folder.position()) folder = log_folder(log_, partition_);
        fold_to(folder, end, report);
        compare_all(folder, end);
    }

  private:
    void fold_to(log_folder& folder, eventstore::global_position end,
                 const report_progress& report) {
        folder.advance_to(end, [&](const auto&) {
            report({.partition = partition_,
                    .done = sequence_of(folder.position()),
                    .of = sequence_of(end)});
        });
    }

    void compare_all(const log_folder& folder, eventstore::global_position checkpoint_in_service) {
        if (folder.position() != checkpoint_in_service)
            report_.differences.push_back({.table = "projection_checkpoints",
                                           .row = fmt::format("partition {}", partition_),
                                           .what = fmt::format("position is {}, the log ends at {}",
                                                               number_of(checkpoint_in_service),
                                                               number_of(folder.position()))});
        compare_members(folder.so_far());
        compare_letters(folder.so_far());
        report_.events += sequence_of(folder.position());
        report_.members += static_cast<std::int64_t>(folder.so_far().member_count());
        report_.dead_letters += static_cast<std::int64_t>(folder.so_far().letter_count());
    }

    void compare_members(const fold& log_says) {
        std::map<domain::member_id, member_columns> should;
        for (const auto& row : log_says.members())
            should.emplace(row.who, columns_of(row));
        comparison table("membership", std::move(should), report_.differences);
        domain::member_id last{};
        for (auto page = members_behind(last); page.size() > 0; page = members_behind(last))
            for (std::size_t i = 0; i < page.size(); ++i) {
                last = {.guild = domain::guild_id{page.number(i, 0)},
                        .user = domain::user_id{page.number(i, 1)}};
                table.found(last, columns_in(page, i));
            }
        table.finish();
    }

    void compare_letters(const fold& log_says) {
        std::map<eventstore::dead_letter_id, dead_letter_columns> should;
        for (auto& row : log_says.letters())
            should.emplace(row.id, dead_letter_columns{row.shown, number_of(row.position)});
        comparison table("dead_letters", std::move(should), report_.differences);
        eventstore::dead_letter_id last{};
        for (auto page = letters_behind(last); page.size() > 0; page = letters_behind(last))
            for (std::size_t i = 0; i < page.size(); ++i) {
                last = eventstore::dead_letter_id{page.number(i, 1)};
                table.found(last, {json::parse(page.text(i, 0)).as_object(), page.number(i, 2)});
            }
        table.finish();
    }

    postgres::rows members_behind(domain::member_id last) {
        return db_.run(statements::members, params{}
                                                .add(std::int64_t{partition_})
                                                .add(number_of(last.guild))
                                                .add(number_of(last.user))
                                                .add_null()
                                                .add(page_rows));
    }

    postgres::rows letters_behind(eventstore::dead_letter_id last) {
        return db_.run(statements::dead_letters, params{}
                                                     .add(std::int64_t{partition_})
                                                     .add(number_of(last))
                                                     .add_null()
                                                     .add_null()
                                                     .add(page_rows));
    }

    session& db_;
    eventstore::log& log_;
    int partition_;
    verify_report& report_;
};

} // namespace

verify_report verify(session& db, int partitions, const report_progress& report) {
    return reachable([&] {
        prepare_session(db);
        const auto log = postgres::open_log(db.settings(), partitions);
        verify_report found;
        for (int p = 0; p < partitions; ++p)
            partition_check(db, *log, p, found).run(report);
        return found;
    });
}

} // namespace datadrop::projections
