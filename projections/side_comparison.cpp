#include "projections/side_comparison.hpp"

#include "projections/lasting_session.hpp"
#include "projections/sql/statements.hpp"
#include "projections/tables.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace datadrop::projections {
namespace {

namespace statements = sql::statements;
namespace postgres = eventstore::postgres;

/// Nobody waits for what is told then.
struct given_up : std::runtime_error {
    using std::runtime_error::runtime_error;
};

} // namespace

side_comparison::side_comparison(const postgres::session::options& o,
                                 eventstore::partition_number partition)
    : db_(o) {
    prepare_session(db_);
    snapshot_.emplace(db_, postgres::isolation::repeatable_read_read_only);
    db_.run_script(statements::hold_read_model);
    db_.run(statements::bound_rebuild);
    checkpoint_ = projections::checkpoint(db_, partition);
}

side_comparison::~side_comparison() { is_given_up_ = true; }

void side_comparison::start(const log_folder& log, std::function<void()> between) {
    found_ = std::async(std::launch::async, [this, &log, between = std::move(between)] {
        return compare(log, between);
    });
}

bool side_comparison::is_over_within(std::chrono::milliseconds time) {
    return found_.wait_for(time) == std::future_status::ready;
}

std::vector<difference> side_comparison::compare(const log_folder& log,
                                                 const std::function<void()>& between) {
    auto found = compare_tables(db_, generation::in_service, log.so_far(), checkpoint_, [&] {
        if (is_given_up_) throw given_up("the comparison was given up");
        between();
    });
    snapshot_.reset(); // whoever switches would wait for it
    explain(db_, found, std::min(checkpoint_, log.position()));
    return found;
}

} // namespace datadrop::projections
