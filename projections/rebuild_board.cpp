#include "projections/rebuild_board.hpp"

#include "projections/lasting_session.hpp"
#include "projections/rfc3339.hpp"
#include "projections/sql/statements.hpp"

#include <fmt/format.h>

#include <array>

#include <unistd.h>

namespace datadrop::projections {
namespace {

namespace statements = sql::statements;
namespace postgres = eventstore::postgres;
using postgres::params;
using postgres::session;
using std::chrono::steady_clock;

constexpr std::chrono::milliseconds report_interval{200};

std::string own_name() {
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '?';
    return fmt::format("process {} on {}", ::getpid(), host.data());
}

/// The session that has the right.
std::string whoever_works(session& db) {
    const auto found = db.run(statements::who_rebuilds);
    return found.size() > 0 ? std::string(found.text()) : "it has just ended";
}

} // namespace

rebuild_board::rebuild_board(session& worker) : worker_(worker), db_(worker.settings()) {
    if (!worker_.run(statements::try_lock_rebuild).flag())
        throw rebuild_under_way(fmt::format(
            "another rebuild of the read model is under way: {}: wait for its end (datadrop "
            "projection status shows how far it is)",
            whoever_works(db_)));
    db_.run(statements::leave_rebuilds);
}

rebuild_board::~rebuild_board() {
    try {
        db_.run(statements::clear_kept_members);
        db_.run(statements::clear_rebuilds);
        worker_.run(statements::unlock_rebuild);
    } catch (const std::exception&) {
        // The lock ends with the session; what is left behind, the next one takes up.
    }
}

void rebuild_board::start(const progress& p) {
    db_.run(
        statements::start_rebuild,
        params{}.add(std::int64_t{number_of(p.partition)}).add(p.done).add(p.of).add(own_name()));
    phase_ = {};
    report(p);
}

void rebuild_board::move(const progress& p) {
    if (p.phase != phase_ || steady_clock::now() >= next_) report(p);
}

void rebuild_board::report(const progress& p) {
    db_.run(statements::report_rebuild, params{}
                                            .add(std::int64_t{number_of(p.partition)})
                                            .add(p.done)
                                            .add(p.of)
                                            .add(name_of(p.phase)));
    phase_ = p.phase;
    next_ = steady_clock::now() + report_interval;
}

} // namespace datadrop::projections
