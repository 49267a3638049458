#include "processor/trials/bench/rows/row_parts.hpp"

#include <algorithm>
#include <cmath>

namespace datadrop::processor::trials::bench {

std::int64_t scaled(std::int64_t number, double scale) {
    return std::max<std::int64_t>(1, std::llround(static_cast<double>(number) * scale));
}

contender ours(const load_plan& plan) { return {"datadrop", plan}; }

contender guarded(load_plan plan) {
    plan.kind = load_kind::guarded;
    plan.partitions = 1;
    return {by_hand, plan};
}

target ratio(double at_least, std::size_t against) {
    return {.what = judged::ratio, .bound = at_least, .against = against};
}

int guilds_of(std::int64_t members) {
    constexpr std::int64_t guilds_max = 100;
    return static_cast<int>(std::min(guilds_max, members));
}

load_plan many_members(const row_options& o) {
    const auto members = scaled(100'000, o.scale);
    return {.members = members, .guilds = guilds_of(members)};
}

load_plan over_http(const row_options& o) {
    auto plan = many_members(o);
    plan.kind = load_kind::http_json;
    plan.partitions = o.partitions;
    return plan;
}

load_plan one_member() {
    return {.commands = load_commands::record_email, .members = 1, .guilds = 1};
}

} // namespace datadrop::processor::trials::bench
