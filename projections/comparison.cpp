#include "projections/comparison.hpp"

#include "projections/sql/statements.hpp"

#include <boost/json/parse.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include <algorithm>
#include <limits>
#include <map>

namespace datadrop::projections {
namespace {

namespace json = boost::json;
namespace postgres = eventstore::postgres;
using eventstore::global_position;
using postgres::params;
using postgres::session;

constexpr std::int64_t page_rows = 5000;
constexpr std::int64_t piece_rows = 2000;

/// The columns of dead_letters.sql.
enum class letter_column { shown, id, position };

/// The table of members, in any order.
class member_comparison {
  public:
    member_comparison(const fold& should, global_position checkpoint)
        : should_(should), checkpoint_(checkpoint) {}

    void found(const member_columns& is) {
        const auto* row = should_.member(is.who);
        if (row != nullptr && row->position > checkpoint_) return;
        if (row == nullptr) return note(compare(is.who, &is, nullptr));
        found_.insert(is.who);
        const auto right = columns_of(*row);
        note(compare(is.who, &is, &right));
    }

    void finish(std::vector<difference>& into) {
        if (static_cast<std::int64_t>(found_.size()) < should_.members_until(checkpoint_))
            note_missing();
        for (auto& [who, what] : wrong_)
            into.push_back(std::move(what));
    }

  private:
    void note(std::optional<difference> what) {
        if (!what) return;
        const auto who = std::get<domain::member_id>(what->of);
        wrong_.emplace(who, *std::move(what));
    }

    void note_missing() {
        for (const auto& row : should_.members(position_at(partition_of(checkpoint_), 0))) {
            if (row.position > checkpoint_ || found_.contains(row.who)) continue;
            const auto right = columns_of(row);
            note(compare(row.who, nullptr, &right));
        }
    }

    const fold& should_;
    global_position checkpoint_;
    boost::unordered_flat_set<domain::member_id, std::hash<domain::member_id>> found_;
    std::map<domain::member_id, difference> wrong_;
};

/// The table of dead letters, in any order.
class letter_comparison {
  public:
    letter_comparison(std::vector<dead_letter_row> should, global_position checkpoint)
        : checkpoint_(checkpoint) {
        for (auto& row : should)
            should_.emplace(row.id, dead_letter_columns{row.shown, number_of(row.position)});
    }

    void found(eventstore::dead_letter_id id, const dead_letter_columns& is) {
        const auto expected = should_.find(id);
        if (expected == should_.end()) return note(compare(id, &is, nullptr));
        if (!changes_later(expected->second)) note(compare(id, &is, &expected->second));
        should_.erase(expected);
    }

    void finish(std::vector<difference>& into) {
        for (const auto& [id, columns] : should_)
            if (!changes_later(columns)) note(compare(id, nullptr, &columns));
        for (auto& [id, what] : wrong_)
            into.push_back(std::move(what));
    }

  private:
    void note(std::optional<difference> what) {
        if (!what) return;
        const auto id = std::get<eventstore::dead_letter_id>(what->of);
        wrong_.emplace(id, *std::move(what));
    }
    bool changes_later(const dead_letter_columns& row) const {
        return row.position > number_of(checkpoint_);
    }

    std::map<eventstore::dead_letter_id, dead_letter_columns> should_;
    global_position checkpoint_;
    std::map<eventstore::dead_letter_id, difference> wrong_;
};

void read_letters(session& db, generation which, eventstore::partition_number partition,
                  letter_comparison& table) {
    const auto sql = in_generation(which, sql::statements::dead_letters);
    const auto behind = [&](eventstore::dead_letter_id last) {
        return db.run(
            sql,
            params{}.add(std::int64_t{number_of(partition)}).add(number_of(last)).add(page_rows));
    };
    eventstore::dead_letter_id last{};
    for (auto page = behind(last); page.size() > 0; page = behind(last))
        for (std::size_t i = 0; i < page.size(); ++i) {
            last = eventstore::dead_letter_id{page.number(i, letter_column::id)};
            table.found(last, {json::parse(page.text(i, letter_column::shown)).as_object(),
                               page.number(i, letter_column::position)});
        }
}

void explain_one(session& db, difference& one, global_position checkpoint) {
    if (const auto* who = std::get_if<domain::member_id>(&one.of))
        find_first_events(one, read_stream(db, *who, {.until = checkpoint}));
    else if (const auto* id = std::get_if<eventstore::dead_letter_id>(&one.of))
        find_first_events(one, read_dead_letter(db, *id, checkpoint));
}

} // namespace

std::vector<difference> compare_tables(session& db, generation which, const fold& log_says,
                                       global_position checkpoint,
                                       const std::function<void()>& between) {
    const auto partition = partition_of(checkpoint);
    std::vector<difference> found;
    member_comparison members(log_says, checkpoint);
    std::int64_t rows = 0;
    const auto note = [&](const member_columns& is) {
        members.found(is);
        if (++rows % piece_rows == 0) between();
    };
    which == generation::next ? read_next_members(db, note) : read_members(db, partition, note);
    members.finish(found);
    letter_comparison letters(log_says.letters(eventstore::position_at(partition, 0)), checkpoint);
    read_letters(db, which, partition, letters);
    letters.finish(found);
    return found;
}

void explain(session& db, std::vector<difference>& found, global_position checkpoint) {
    const auto last = std::min(found.size(), explained_rows_max);
    for (std::size_t i = 0; i < last; ++i)
        explain_one(db, found[i], checkpoint);
}

} // namespace datadrop::projections
