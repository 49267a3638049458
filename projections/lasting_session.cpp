#include "projections/lasting_session.hpp"

#include "projections/sql/statements.hpp"

namespace datadrop::projections {

void prepare_session(eventstore::postgres::session& db) {
    db.run_script(sql::statements::prepare_session);
}

void lasting_session::connect() {
    run([](eventstore::postgres::session&) {});
}

void lasting_session::open() {
    if (session_) return;
    session_.emplace(options_);
    ++opened_;
    prepare_session(*session_);
}

} // namespace datadrop::projections
