#include "tests/faults/support/holds.hpp"

namespace datadrop::test {
namespace pg = eventstore::postgres;
namespace {

std::unique_ptr<pg::session> connect(const std::string& database) {
    return std::make_unique<pg::session>(
        pg::session::options{.database = database, .application_name = test_session});
}

} // namespace

held_tail::held_tail(const std::string& database) : db_(connect(database)) {
    db_->begin();
    db_->run("SELECT datadrop.lock_tail(0::smallint)");
}

held_connections::held_connections(const std::string& database) {
    try {
        for (;;)
            taken_.push_back(connect(database));
    } catch (const pg::connection_lost&) {
        return;
    } catch (const pg::statement_refused&) {
        return;
    }
}

int a_backend(pg::session& db, const std::string& which) {
    const auto found = db.run("SELECT a.pid FROM pg_stat_activity AS a WHERE a.datname = "
                              "current_database() AND a.application_name = 'datadrop' AND " +
                              which + " ORDER BY random() LIMIT 1");
    return found.size() == 0 ? 0 : static_cast<int>(found.number(0, 0));
}

} // namespace datadrop::test
