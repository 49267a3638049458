#include "tests/projections/support/rebuilding.hpp"

#include "eventstore/postgres/database.hpp"

namespace datadrop::test {

projections::rebuild_report rebuild(const projected_log& world,
                                    const projections::report_progress& report,
                                    const projections::rebuild_options& o) {
    auto db = world.database().connect();
    return projections::rebuild(db, world.partitions(), report, o);
}

std::string refusal(const projected_log& world, const projections::rebuild_options& o) {
    int worked = 0;
    try {
        rebuild(world, [&](const auto&) { ++worked; }, o);
    } catch (const eventstore::postgres::schema_failure& e) {
        return "not of the log: " + std::string(e.what());
    } catch (const projections::rebuild_refused& e) {
        return (worked > 0 ? "after the work: " : "before the work: ") + std::string(e.what());
    }
    return "done";
}

std::size_t difference_count(const projected_log& world) {
    auto db = world.database().connect();
    return projections::verify(db, world.partitions(), [](const auto&) {}).differences.size();
}

} // namespace datadrop::test
