#include "processor/trials/bench/runs/bench_stage.hpp"

#include "eventstore/postgres/database.hpp"
#include "eventstore/postgres/driver/session.hpp"
#include "eventstore/tokens.hpp"
#include "processor/trials/bench/runs/processes.hpp"
#include "processor/trials/sql/bench.hpp"

namespace datadrop::processor::trials::bench {
namespace {

namespace postgres = eventstore::postgres;

const own_database for_a_run{.name = "datadrop_bench",
                             .drop = sql::bench::drop_database,
                             .create = sql::bench::create_database};
const own_database for_a_filling{.name = "datadrop_bench_filled",
                                 .drop = sql::bench::drop_filled_database,
                                 .create = sql::bench::create_filled_database};

/// What a server of this size is given, and nothing that makes a commit less than durable.
own_postgresql::options of_the_private_one() {
    return {.folder_suffix = "-bench",
            .tuned = {{"shared_buffers", "1GB"}, {"max_wal_size", "4GB"}}};
}

void make_schema(const std::string& database, int partitions) {
    postgres::session db({.database = database});
    postgres::migrate(db, {.partitions = partitions});
}

} // namespace

bench_stage::bench_stage(const cli::settings& told) : server_(told, of_the_private_one()) {}

std::string bench_stage::bare() { return server_.make_afresh(for_a_run); }

std::string bench_stage::fresh(int partitions) {
    auto url = bare();
    make_schema(url, partitions);
    return url;
}

std::optional<std::string> bench_stage::filled(const filling& wanted) const {
    if (filled_with_ != wanted) return std::nullopt;
    return filled_url_;
}

std::string bench_stage::to_be_filled(const filling& wanted) {
    filled_url_ = server_.make_afresh(for_a_filling);
    make_schema(filled_url_, wanted.partitions);
    filled_with_ = wanted;
    return filled_url_;
}

std::optional<double> bench_stage::postgres_cpu() const {
    const auto postmaster = server_.postmaster();
    if (!postmaster) return std::nullopt;
    return cpu_seconds_with_children(*postmaster);
}

std::map<std::string, std::string> bench_stage::server_settings() {
    postgres::session db({.database = bare()});
    const auto found = db.run(sql::bench::server_settings);
    std::map<std::string, std::string> all;
    for (std::size_t r = 0; r < found.size(); ++r)
        all.emplace(found.text(r, 0), found.text(r, 1));
    return all;
}

void bench_stage::close() {
    server_.drop(for_a_run);
    server_.drop(for_a_filling);
    server_.close();
}

std::string make_token(const std::string& database) {
    postgres::session db({.database = database});
    eventstore::scopes may;
    may.add(eventstore::scope::submit);
    return eventstore::create_token(db, {.name = "load", .from = domain::source::bot, .may = may})
        .value();
}

std::int64_t log_size(const std::string& database) {
    postgres::session db({.database = database});
    return db.run(sql::bench::log_size).number(0, 0);
}

} // namespace datadrop::processor::trials::bench
