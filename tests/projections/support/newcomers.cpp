#include "tests/projections/support/newcomers.hpp"

namespace datadrop::test {

void add_newcomers(eventstore::postgres::session& db, std::int64_t after, std::int64_t end) {
    db.run("INSERT INTO datadrop.events (partition, position, kind, guild_id, user_id, version,"
           "  event, from_state, to_state, source, idempotency_key, recorded_at, payload,"
           "  has_email, lifecycle)"
           " SELECT 0, n, 0, 1, n, 1, 0, 0, 1, 0, n::text, now(), '', false, 1"
           " FROM generate_series($1::bigint + 1, $2::bigint) AS n",
           eventstore::postgres::params{}.add(after).add(end));
}

} // namespace datadrop::test
