#pragma once
// What is to be said of the facts. Pure; every thread.

#include "eventstore/postgres/doctor/facts.hpp"
#include "eventstore/postgres/doctor/finding.hpp"

#include <span>
#include <string_view>

namespace datadrop::eventstore::postgres::doctor {

/// Says `ok` when all is well, and nothing when it could not look, which `sight` tells of.
struct check {
    std::string_view name;
    findings (*judge)(const facts&, const limits&);
};

/// In the order in which they are told.
std::span<const check> checks();

/// What all of them say, each finding with its check's name.
findings judge(const facts& f, const limits& l);

// The server and its settings (server_checks.cpp, setting_checks.cpp).

findings judge_version(const facts& f, const limits& l);
findings judge_encoding(const facts& f, const limits& l);
findings judge_collations(const facts& f, const limits& l);
findings judge_connections(const facts& f, const limits& l);
findings judge_password(const facts& f, const limits& l);
findings judge_sight(const facts& f, const limits& l);
findings judge_durability(const facts& f, const limits& l);
findings judge_settings(const facts& f, const limits& l);
findings judge_logging(const facts& f, const limits& l);

// What commits wait for, what keeps from cleaning up, and room (upkeep_checks.cpp,
// room_checks.cpp).

findings judge_commits(const facts& f, const limits& l);
findings judge_snapshots(const facts& f, const limits& l);
findings judge_prepared(const facts& f, const limits& l);
findings judge_slots(const facts& f, const limits& l);
findings judge_autovacuum(const facts& f, const limits& l);
findings judge_wal(const facts& f, const limits& l);
findings judge_disk(const facts& f, const limits& l);

} // namespace datadrop::eventstore::postgres::doctor
