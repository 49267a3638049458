#include "tests/support/append_gate.hpp"

#include "tests/support/wait.hpp"

namespace datadrop::test {

using eventstore::postgres::params;

// A deferred trigger runs at the end of its transaction, and waits there for a lock that we have.
append_gate::append_gate(const std::string& database, domain::member_id who)
    : db_({.database = database, .application_name = "gate"}) {
    db_.run_script("SELECT pg_advisory_lock(4711);"
                   "CREATE OR REPLACE FUNCTION public.wait_at_gate() RETURNS trigger"
                   " LANGUAGE plpgsql SECURITY DEFINER AS"
                   " 'BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN NULL; END';"
                   "CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON datadrop.events"
                   " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.guild_id = " +
                   std::to_string(number_of(who.guild)) +
                   " AND NEW.user_id = " + std::to_string(number_of(who.user)) +
                   ") EXECUTE FUNCTION public.wait_at_gate()");
}

int append_gate::held() {
    int backend = 0;
    wait_until(
        [&] {
            const auto found = db_.run("SELECT l.pid FROM pg_locks AS l JOIN pg_database AS d"
                                       " ON d.oid = l.database AND d.datname = current_database()"
                                       " WHERE l.locktype = 'advisory' AND l.objid = 4711"
                                       " AND NOT l.granted");
            if (found.size() > 0) backend = static_cast<int>(found.number(0, 0));
            return backend != 0;
        },
        "an append at the gate");
    return backend;
}

void append_gate::let_go() { db_.run("SELECT pg_advisory_unlock(4711)"); }

void append_gate::turn_back() {
    db_.run("SELECT pg_cancel_backend($1::integer)", params{}.add(held()));
}

void wait_for_queue(eventstore::postgres::session& db, std::size_t writers) {
    wait_until(
        [&] {
            return db.run("SELECT FROM pg_locks AS l JOIN pg_database AS d"
                          " ON d.oid = l.database AND d.datname = current_database()"
                          " WHERE l.locktype = 'advisory' AND l.classid = 1952541036"
                          " AND NOT l.granted")
                       .size() == writers;
        },
        "writers that wait for a tail");
}

} // namespace datadrop::test
