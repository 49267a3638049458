#include "eventstore/postgres/doctor/checks.hpp"
#include "eventstore/postgres/doctor/remedies.hpp"

#include <fmt/format.h>

namespace datadrop::eventstore::postgres::doctor {
namespace {

constexpr int version_min = 150000;
constexpr int version_known = 190000; // and what is older was tested with

/// Commands that work on the database, and a writer that settles what is in doubt.
constexpr std::int64_t connections_spare = 3;

/// What is still to be opened: a server that runs has its connections.
std::int64_t connections_wanted(const facts& f, const limits& l) {
    return f.own_connections >= l.connections_needed ? connections_spare
                                                     : l.connections_needed + connections_spare;
}

findings limited_connections(const facts& f, const limits& l) {
    const auto wanted = l.connections_needed + connections_spare;
    constexpr auto why = "a server opens all its connections at its start, and does not start with "
                         "fewer";
    findings said;
    if (f.is_superuser) return said; // whom neither limit concerns
    if (f.role_connections_max >= 0 && f.role_connections_max < wanted)
        said.push_back(
            {.how_bad = severity::error,
             .what = fmt::format("the role {} may have {} connections, and {} are needed", f.role,
                                 f.role_connections_max, wanted),
             .why = why,
             .remedy = {fmt::format("ALTER ROLE {} CONNECTION LIMIT -1;", identifier(f.role))}});
    if (f.database_connections_max >= 0 && f.database_connections_max < wanted)
        said.push_back({.how_bad = severity::error,
                        .what = fmt::format("the database {} may have {} connections, and {} are "
                                            "needed",
                                            f.database, f.database_connections_max, wanted),
                        .why = why,
                        .remedy = {fmt::format("ALTER DATABASE {} CONNECTION LIMIT -1;",
                                               identifier(f.database))}});
    return said;
}

/// Of max_connections, in tens.
std::string more_connections(std::int64_t now, std::int64_t missing) {
    return std::to_string((now + missing + 9) / 10 * 10);
}

} // namespace

findings judge_version(const facts& f, const limits& /*l*/) {
    if (f.version < version_min)
        return {
            {.how_bad = severity::error,
             .what = "PostgreSQL " + f.version_text,
             .why = "15 or later is needed",
             .remedy = {"bring the cluster to a later version (pg_upgradecluster, pg_upgrade)"}}};
    if (f.version >= version_known)
        return {{.how_bad = severity::note,
                 .what = "PostgreSQL " + f.version_text,
                 .why = "it is later than what this program was tested with (15 to 18)",
                 .remedy = {"look for a later datadrop"}}};
    return {well("PostgreSQL " + f.version_text)};
}

findings judge_encoding(const facts& f, const limits& /*l*/) {
    if (f.encoding == "UTF8") return {well(f.encoding)};
    return {{.how_bad = severity::error,
             .what = "the database's encoding is " + f.encoding,
             .why = "names and reasons of people are of every script, and it cannot hold them",
             .remedy = {"CREATE DATABASE datadrop_utf8 TEMPLATE template0 ENCODING 'UTF8';",
                        "datadrop migrate, on the new one"}}};
}

findings judge_collations(const facts& f, const limits& /*l*/) {
    constexpr auto why =
        "the system's sort order is another than the one that indexes were made by, so that they "
        "may miss rows or hold one twice; datadrop's own keys do without, other tables may not";
    findings said;
    const auto reindex = fmt::format("REINDEX DATABASE {};", identifier(f.database));
    if (f.collation_noted && f.collation_noted != f.collation_actual)
        said.push_back(
            {.how_bad = severity::warning,
             .what =
                 fmt::format("the database was made with version {} of its collation, and {} is "
                             "installed",
                             *f.collation_noted, f.collation_actual.value_or("none")),
             .why = why,
             .remedy = {reindex, fmt::format("ALTER DATABASE {} REFRESH COLLATION VERSION;",
                                             identifier(f.database))}});
    for (const auto& name : f.outdated_collations)
        said.push_back(
            {.how_bad = severity::warning,
             .what = fmt::format("indexes were made with another version of the "
                                 "collation {} than is installed",
                                 name),
             .why = why,
             .remedy = {reindex, fmt::format("ALTER COLLATION {} REFRESH VERSION;", name)}});
    if (said.empty())
        said.push_back(well(f.collation_noted ? "version " + *f.collation_noted : "no versions"));
    return said;
}

findings judge_connections(const facts& f, const limits& l) {
    auto said = limited_connections(f, l);
    const auto all = f.connections_max - f.connections_reserved;
    const auto free = all - f.connections;
    const auto wanted = connections_wanted(f, l);
    if (free < wanted)
        said.push_back(
            {.how_bad = severity::error,
             .what =
                 fmt::format("{} of {} connections are free, and {} are needed", free, all, wanted),
             .why =
                 "a server opens all its connections at its start and keeps them; without one to "
                 "spare nobody can settle a write in doubt",
             .remedy =
                 set(f, "max_connections", more_connections(f.connections_max, wanted - free))});
    if (said.empty())
        said.push_back(well(
            fmt::format("{} of {} are free, a server needs {}", free, all, l.connections_needed)));
    return said;
}

findings judge_password(const facts& f, const limits& l) {
    constexpr std::int64_t day = 86'400;
    if (!f.password_seconds) return {well("has no end")};
    const auto left = *f.password_seconds;
    if (left >= l.password_seconds_min) return {well(fmt::format("ends in {} days", left / day))};
    const auto when =
        left < 0 ? std::string("has ended") : fmt::format("ends in {} h", left / 3'600);
    return {{.how_bad = severity::warning,
             .what = fmt::format("the password of the role {} {}", f.role, when),
             .why = "who logs in by it is turned away from then on: a server that runs keeps its "
                    "connections, and gets no new one for any that it loses",
             .remedy = {fmt::format("ALTER ROLE {} VALID UNTIL 'infinity';", identifier(f.role))}}};
}

findings judge_sight(const facts& f, const limits& /*l*/) {
    if (f.sees_statistics && f.sees_settings) return {well("everything may be seen")};
    return {
        {.how_bad = severity::note,
         .what = fmt::format("the role {} sees neither other roles' sessions nor where the data "
                             "are",
                             f.role),
         .why = "snapshots that others hold, synchronous standbys and the disk were not looked "
                "at",
         .remedy = {fmt::format("GRANT pg_monitor TO {};", identifier(f.role))}}};
}

} // namespace datadrop::eventstore::postgres::doctor
