#include "eventstore/postgres/doctor/log_checks.hpp"

#include "eventstore/postgres/database.hpp"
#include "eventstore/postgres/doctor/remedies.hpp"
#include "eventstore/postgres/whole_log.hpp"
#include "eventstore/sql/doctor.hpp"
#include "eventstore/sql/statements.hpp"

#include <fmt/format.h>

#include <utility>

namespace datadrop::eventstore::postgres::doctor {
namespace {

/// The columns of obstacles_to_writing.sql.
enum class obstacle_column { what, is_a_right };

constexpr std::string_view insufficient_privilege = "42501";

finding lacking_rights(std::string_view role, std::string what) {
    return {.how_bad = severity::error,
            .what = std::move(what),
            .why = "a server with this role does not start",
            .remedy = {fmt::format("datadrop migrate --app-role {}", role)}};
}

finding unusable(const schema_failure& e, std::string remedy) {
    return {.how_bad = severity::error,
            .what = e.what(),
            .why = "a server does not start on it",
            .remedy = {std::move(remedy)}};
}

/// What stands there may be right, and only the guard be gone.
bool is_guarded(session& db) {
    const auto guard = db.run(sql::statements::guard_of_events);
    return guard.size() == 1 && guard.text() == "A";
}

} // namespace

findings examine_schema(session& db, std::string_view role) try {
    const auto may_read = db.run(sql::doctor::may_read_schema);
    if (may_read.size() == 1 && !may_read.flag())
        return {lacking_rights(role,
                               fmt::format("the role {} may not read the schema datadrop", role))};
    require_current_schema(db);
    return {well("this program's")};
} catch (const schema_failure& e) {
    return {unusable(e, "datadrop migrate")};
}

findings examine_rights(session& db, std::string_view role) try {
    findings said;
    const auto found = db.run(sql::statements::obstacles_to_writing);
    for (std::size_t row = 0; row < found.size(); ++row)
        if (found.flag(row, obstacle_column::is_a_right))
            said.push_back(
                lacking_rights(role, std::string(found.text(row, obstacle_column::what))));
    if (said.empty()) said.push_back(well(fmt::format("{} may do all that a server does", role)));
    return said;
} catch (const statement_refused& e) {
    if (e.sqlstate != insufficient_privilege) throw;
    return {lacking_rights(role, e.what())};
}

findings examine_log(session& db) try {
    require_whole_log(db);
    return {well("is whole, and its events are guarded")};
} catch (const schema_failure& e) {
    return {unusable(e, is_guarded(db) ? "restore the whole dump into an empty database"
                                       : "datadrop migrate")};
}

findings examine_end(log& of, const last_seen& seen) {
    const auto known = cursor::parse(seen.cursor, of.partitions());
    const auto now = proven_tails(of);
    if (known && proven(of, *known))
        return {well(fmt::format("at {}, and was at {}", now.text(), known->text()))};
    return {{.how_bad = severity::error,
             .what = fmt::format("the log ended at {} when it was last looked at, and is another "
                                 "one now, which ends at {}",
                                 seen.cursor, now.text()),
             .why = "it was restored to an earlier moment, or failed over to a standby that lacked "
                    "the end: what was accepted since is lost, and readers of it are told "
                    "history_changed",
             .remedy = {"tell those who sent commands since, and then:", seen.memory}}};
}

std::string log_name(session& db) {
    return to_text(fingerprint_of("datadrop doctor", load_fingerprint_key(db))).substr(0, 16);
}

} // namespace datadrop::eventstore::postgres::doctor
