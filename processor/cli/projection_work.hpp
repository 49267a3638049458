#pragma once
// What the commands that work on the read model share: the database, how they tell how far they
// are, and how they print what differs. One thread.

#include "eventstore/membership_codec.hpp"
#include "eventstore/postgres/driver/session.hpp"
#include "processor/cli/command.hpp"
#include "processor/cli/progress.hpp"
#include "projections/rebuild.hpp"

#include <boost/json/array.hpp>

#include <vector>

namespace datadrop::processor::cli {

/// The database with a current schema, and how many partitions it has.
struct opened_projection {
    explicit opened_projection(const settings& told);
    eventstore::postgres::session db;
    int partitions = 0;
};

/// Partitions are worked on one behind the other, each from its own beginning. Ends the work by
/// `refused` when the program is interrupted.
projections::report_progress reporting_to(progress_printer& printer);

/// Runs the work with its own failures told as `refused`.
template <typename Work>
auto worked(Work&& work) {
    try {
        return work();
    } catch (const projections::rebuild_refused& e) {
        throw refused(e.what());
    } catch (const eventstore::corrupt_event& e) {
        throw refused(std::string(e.what()) + "; the tables in service stay as they are");
    }
}

/// "membership, guild 1 user 2: state is Kicked, should be Verified (since the event at 17)".
void print_lines(const std::vector<projections::difference>& differences);
boost::json::array in_json(const std::vector<projections::difference>& differences);

/// rebuild and switch-back.
void add_projection_rebuild(CLI::App& group, invocation& line);

} // namespace datadrop::processor::cli
