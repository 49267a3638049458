#include "eventstore/postgres/driver/transaction.hpp"
#include "eventstore/postgres/whole_log.hpp"
#include "projections/fold.hpp"
#include "projections/lasting_session.hpp"
#include "projections/rebuild.hpp"
#include "projections/rfc3339.hpp"
#include "projections/sql/statements.hpp"
#include "projections/tables.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <fmt/format.h>

#include <map>

namespace datadrop::projections {
namespace {

namespace json = boost::json;
namespace statements = sql::statements;
namespace postgres = eventstore::postgres;
using postgres::params;
using postgres::session;

constexpr std::int64_t page_rows = 5000;

/// The columns of dead_letters.sql.
enum class letter_column { shown, id, position };

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

std::string_view text_of(bool flag) { return flag ? "true" : "false"; }

/// Says where two rows differ; "" when they do not.
std::string difference_of(const member_columns& is, const member_columns& should) {
    std::string what;
    const auto compare = [&](std::string_view column, const auto& present, const auto& expected,
                             const auto& to_words) {
        if (present != expected) add_column(what, column, to_words(present), to_words(expected));
    };
    const auto number = [](std::int64_t n) { return std::to_string(n); };
    compare("state", is.state, should.state, [](std::string_view name) { return name; });
    compare("version", is.version, should.version, number);
    compare("lifecycle", is.lifecycle, should.lifecycle, number);
    compare("has_email", is.has_email, should.has_email, text_of);
    compare("updated_at", is.updated_at, should.updated_at,
            [](domain::timestamp t) { return to_text(t); });
    compare("position", is.position, should.position, number);
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

/// Compares the table of members, row by row in any order, with the rows it should have; reports
/// in the order of their keys.
class member_comparison {
  public:
    explicit member_comparison(const fold& should) : should_(should) {}

    void found(const member_columns& is) {
        const auto* expected = should_.member(is.who);
        if (expected == nullptr) return void(wrong_[is.who] = "should not be there");
        found_.insert(is.who);
        if (is != columns_of(*expected)) wrong_[is.who] = difference_of(is, columns_of(*expected));
    }

    void finish(const std::vector<member_row>& rows, std::vector<difference>& into) {
        for (const auto& row : rows)
            if (!found_.contains(row.who)) wrong_[row.who] = "missing";
        for (auto& [who, what] : wrong_)
            into.push_back({.table = "membership", .row = name_of_row(who), .what = what});
    }

  private:
    const fold& should_;
    boost::unordered_flat_set<domain::member_id, std::hash<domain::member_id>> found_;
    std::map<domain::member_id, std::string> wrong_;
};

/// Compares the table of dead letters with the rows it should have: those that it has come first.
class letter_comparison {
  public:
    letter_comparison(std::vector<dead_letter_row> should, std::vector<difference>& into)
        : differences_(into) {
        for (auto& row : should)
            should_.emplace(row.id, dead_letter_columns{row.shown, number_of(row.position)});
    }

    void found(eventstore::dead_letter_id id, const dead_letter_columns& is) {
        const auto expected = should_.find(id);
        if (expected == should_.end()) return report(id, "should not be there");
        if (auto what = difference_of(is, expected->second); !what.empty())
            report(id, std::move(what));
        should_.erase(expected);
    }

    void finish() {
        for (const auto& [id, columns] : should_)
            report(id, "missing");
    }

  private:
    void report(eventstore::dead_letter_id id, std::string what) {
        differences_.push_back(
            {.table = "dead_letters", .row = name_of_row(id), .what = std::move(what)});
    }

    std::map<eventstore::dead_letter_id, dead_letter_columns> should_;
    std::vector<difference>& differences_;
};

/// The check of one partition; what it finds goes into a report.
class partition_check {
  public:
    partition_check(session& db, eventstore::partition_number partition, verify_report& into)
        : db_(db), partition_(partition), report_(into) {}

    /// The long part, folding the log, is done before the snapshot is taken: while that is held,
    /// no rebuild can switch.
    void run(const report_progress& report) {
        log_folder folder(db_, partition_);
        fold_to(folder, checkpoint(db_, partition_), report);

        postgres::transaction snapshot(db_, postgres::isolation::repeatable_read_read_only);
        db_.run_script(statements::hold_read_model);
        const auto end = checkpoint(db_, partition_);
        if (end < folder.position()) folder = log_folder(db_, partition_);
        fold_to(folder, end, report);
        compare_all(folder, end);
    }

  private:
    void fold_to(log_folder& folder, eventstore::global_position end,
                 const report_progress& report) {
        folder.advance_to(end, [&] {
            report({.partition = partition_,
                    .done = sequence_of(folder.position()),
                    .of = sequence_of(end)});
        });
    }

    void compare_all(const log_folder& folder, eventstore::global_position checkpoint_in_service) {
        if (folder.position() != checkpoint_in_service)
            report_.differences.push_back(
                {.table = "projection_checkpoints",
                 .row = fmt::format("partition {}", number_of(partition_)),
                 .what =
                     fmt::format("position is {}, the log ends at {}",
                                 number_of(checkpoint_in_service), number_of(folder.position()))});
        compare_members(folder.so_far());
        compare_letters(folder.so_far());
        report_.events += sequence_of(folder.position());
        report_.members += static_cast<std::int64_t>(folder.so_far().member_count());
        report_.dead_letters += static_cast<std::int64_t>(folder.so_far().letter_count());
    }

    void compare_members(const fold& log_says) {
        member_comparison table(log_says);
        read_members(db_, partition_, [&](const member_columns& is) { table.found(is); });
        table.finish(log_says.members(eventstore::position_at(partition_, 0)), report_.differences);
    }

    void compare_letters(const fold& log_says) {
        letter_comparison table(log_says.letters(eventstore::position_at(partition_, 0)),
                                report_.differences);
        eventstore::dead_letter_id last{};
        for (auto page = letters_behind(last); page.size() > 0; page = letters_behind(last))
            for (std::size_t i = 0; i < page.size(); ++i) {
                last = eventstore::dead_letter_id{page.number(i, letter_column::id)};
                table.found(last, {json::parse(page.text(i, letter_column::shown)).as_object(),
                                   page.number(i, letter_column::position)});
            }
        table.finish();
    }

    postgres::rows letters_behind(eventstore::dead_letter_id last) {
        return db_.run(statements::dead_letters, params{}
                                                     .add(std::int64_t{number_of(partition_)})
                                                     .add(number_of(last))
                                                     .add_null()
                                                     .add_null()
                                                     .add(page_rows));
    }

    session& db_;
    eventstore::partition_number partition_;
    verify_report& report_;
};

} // namespace

verify_report verify(session& db, int partitions, const report_progress& report) {
    return reachable([&] {
        prepare_session(db);
        postgres::require_whole_log(db);
        postgres::require_all_keys(db);
        verify_report found;
        for (const auto p : eventstore::all_partitions(partitions))
            partition_check(db, p, found).run(report);
        return found;
    });
}

} // namespace datadrop::projections
