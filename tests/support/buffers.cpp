#include "tests/support/buffers.hpp"

namespace datadrop::test {

using eventstore::postgres::isolation;
using eventstore::postgres::session;

std::int64_t buffers_touched_so_far(session& db) {
    return db
        .run("SELECT sum(pg_stat_get_xact_blocks_fetched(c.oid))::bigint FROM pg_class AS c"
             " WHERE c.relnamespace = 'datadrop'::regnamespace")
        .number(0, 0);
}

held_snapshot::held_snapshot(const std::string& database) : db_({.database = database}) {
    db_.begin(isolation::repeatable_read_read_only);
    db_.run("SELECT count(*) FROM datadrop.events");
}

} // namespace datadrop::test
