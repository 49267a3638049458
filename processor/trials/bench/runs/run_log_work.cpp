#include "processor/trials/bench/runs/fillings.hpp"

#include "eventstore/postgres/driver/session.hpp"
#include "processor/trials/bench/runs/processes.hpp"
#include "processor/trials/children/server_process.hpp"
#include "processor/trials/sql/bench.hpp"

#include <fmt/format.h>

namespace datadrop::processor::trials::bench {
namespace {

namespace postgres = eventstore::postgres;
using std::chrono::steady_clock;

/// What comes before the work that is measured is done when this is made.
class distinct_on {
  public:
    explicit distinct_on(const std::string& database)
        : db_({.database = database, .statement_timeout = std::chrono::milliseconds(0)}) {
        db_.run_script(sql::bench::prepare_distinct_on);
    }
    void run() { db_.run_script(sql::bench::distinct_on); }

  private:
    postgres::session db_;
};

void read_pages(const std::string& database) {
    postgres::session db({.database = database});
    std::int64_t after = 0;
    for (auto page = db.run(sql::bench::read_page, postgres::params{}.add(after)); page.size() > 0;
         page = db.run(sql::bench::read_page, postgres::params{}.add(after)))
        after = page.number(page.size() - 1, 0);
}

template <typename Work>
double seconds_of(Work work) {
    const auto started = steady_clock::now();
    work();
    return std::chrono::duration<double>(steady_clock::now() - started).count();
}

double seconds_of_work(const arena& at, log_work work, const std::string& database) {
    switch (work) {
    case log_work::rebuild:
        return seconds_of([&] { run_projection(at, database, "rebuild"); });
    case log_work::verify:
        // The projector need not have caught up when the filling ended, and all is to be verified.
        run_projection(at, database, "rebuild");
        return seconds_of([&] { run_projection(at, database, "verify"); });
    case log_work::pages:
        return seconds_of([&] { read_pages(database); });
    case log_work::distinct_on:
        break;
    }
    distinct_on statement(database);
    return seconds_of([&] { statement.run(); });
}

} // namespace

void run_projection(const arena& at, const std::string& database, const std::string& verb) {
    child program({.name = verb,
                   .arguments = {"projection", verb},
                   .environment = {{"DATADROP_DATABASE", database}},
                   .log = at.folder / "projection.log"});
    while (!program.exit_code())
        at.signals.wait({&program});
    if (program.exit_code() != 0)
        throw failure_of(program, fmt::format("ended with exit code {}", *program.exit_code()));
}

run_figures run_log_work(const arena& at, const log_plan& plan) {
    const auto database = filled_log(at, plan.log);
    const auto events = static_cast<double>(log_size(database));
    const auto cpu_before = at.place.postgres_cpu();
    run_figures found{.per_second = events / seconds_of_work(at, plan.work, database)};
    if (cpu_before) found.postgres_cpu = (*at.place.postgres_cpu() - *cpu_before) * 1'000 / events;
    return found;
}

} // namespace datadrop::processor::trials::bench
