#include "eventstore/postgres/doctor/checks.hpp"

namespace datadrop::eventstore::postgres::doctor {
namespace {

constexpr check all[] = {
    {"version", judge_version},
    {"encoding", judge_encoding},
    {"collations", judge_collations},
    {"durability", judge_durability},
    {"commits", judge_commits},
    {"settings", judge_settings},
    {"statement-log", judge_logging},
    {"connections", judge_connections},
    {"password", judge_password},
    {"snapshots", judge_snapshots},
    {"prepared", judge_prepared},
    {"slots", judge_slots},
    {"autovacuum", judge_autovacuum},
    {"wal", judge_wal},
    {"disk", judge_disk},
    {"sight", judge_sight},
};

} // namespace

std::span<const check> checks() { return all; }

findings judge(const facts& f, const limits& l) {
    findings said;
    for (const auto& one : all)
        for (auto& found : named(one.name, one.judge(f, l)))
            said.push_back(std::move(found));
    return said;
}

} // namespace datadrop::eventstore::postgres::doctor
