#include "processor/trials/bench/runs/runs.hpp"

#include "eventstore/postgres/cluster/installation.hpp"
#include "eventstore/postgres/driver/session.hpp"
#include "processor/trials/bench/runs/pgbench_output.hpp"
#include "processor/trials/children/server_process.hpp"
#include "processor/trials/sql/bench_limit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

namespace datadrop::processor::trials::bench {
namespace {

namespace fs = std::filesystem;
namespace postgres = eventstore::postgres;

/// A client of its own for each thread, as long as there are cores to run them beside the server.
constexpr int threads_max = 2;

child_options as_child(const arena& at, const limit_plan& plan, const std::string& database,
                       std::chrono::milliseconds time) {
    const auto seconds =
        std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(time).count());
    return {.name = "pgbench",
            .arguments = {"--no-vacuum", "--protocol=prepared",
                          "--file=" + (at.folder / "limit.sql").string(),
                          fmt::format("--client={}", plan.clients),
                          fmt::format("--jobs={}", std::min(plan.clients, threads_max)),
                          fmt::format("--time={}", seconds), database},
            .environment = {},
            .log = at.folder / "pgbench.log",
            .program = postgres::installed_programs(0) / "pgbench"};
}

double transactions_a_second(const arena& at, const child_options& o) {
    fs::remove(o.log);
    child program(o);
    while (!program.exit_code())
        at.signals.wait({&program});
    const auto found = parse_transactions_a_second(program.log());
    if (program.exit_code() != 0 || !found)
        throw failure_of(program, fmt::format("ended with exit code {}", *program.exit_code()));
    return *found;
}

void prepare(const arena& at, const limit_plan& plan, const std::string& database) {
    postgres::session({.database = database}).run_script(sql::bench_limit::schema);
    std::ofstream(at.folder / "limit.sql")
        << (plan.rows_a_transaction == 1 ? sql::bench_limit::one_row
                                         : sql::bench_limit::fifty_rows);
}

} // namespace

run_figures run_limit(const arena& at, const limit_plan& plan) {
    const auto database = at.place.bare();
    prepare(at, plan, database);
    if (at.warm_up.count() > 0) transactions_a_second(at, as_child(at, plan, database, at.warm_up));
    return {.per_second = plan.rows_a_transaction *
                          transactions_a_second(at, as_child(at, plan, database, at.measured))};
}

} // namespace datadrop::processor::trials::bench
