#include "processor/trials/bench/runs/bench_stage.hpp"

#include "eventstore/postgres/database.hpp"
#include "eventstore/postgres/driver/session.hpp"
#include "eventstore/tokens.hpp"
#include "processor/trials/bench/runs/processes.hpp"
#include "processor/trials/sql/bench.hpp"
#include "processor/trials/sql/bench_guarded.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace datadrop::processor::trials::bench {
namespace {

namespace postgres = eventstore::postgres;

const own_database for_a_run{.name = "datadrop_bench",
                             .drop = sql::bench::drop_database,
                             .create = sql::bench::create_database};

std::string name_of_kept(std::size_t place) { return fmt::format("datadrop_bench_{}", place + 1); }

std::string about(std::string_view statement, std::size_t place) {
    return fmt::format(fmt::runtime(statement), fmt::arg("name", name_of_kept(place)));
}

/// Makes and drops what is kept at that place.
struct kept_statements {
    std::string drop;
    std::string create;

    explicit kept_statements(std::size_t place)
        : drop(about(sql::bench::drop_kept_database, place)),
          create(about(sql::bench::create_kept_database, place)) {}
    own_database database(std::size_t place) const {
        return {.name = name_of_kept(place), .drop = drop, .create = create};
    }
};

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

std::string bench_stage::copy_of(const filling& kept) {
    const auto copy = about(sql::bench::copy_kept_database, find(kept).value());
    auto database = for_a_run;
    database.create = copy;
    return server_.make_afresh(database);
}

std::optional<std::size_t> bench_stage::find(const filling& wanted) const {
    const auto found = std::ranges::find(kept_, wanted, &kept_database::with);
    if (found == kept_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - kept_.begin());
}

std::optional<std::string> bench_stage::kept(const filling& wanted) const {
    const auto place = find(wanted);
    if (!place) return std::nullopt;
    return kept_[*place].url;
}

std::string bench_stage::to_be_filled(int partitions) {
    const kept_statements statements(kept_.size());
    auto url = server_.make_afresh(statements.database(kept_.size()));
    make_schema(url, partitions);
    return url;
}

void bench_stage::keep(const filling& with, const std::string& url) {
    kept_.push_back({.with = with, .url = url});
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
    for (std::size_t place = 0; place <= kept_.size(); ++place)
        server_.drop(kept_statements(place).database(place));
    server_.close();
}

std::string make_token(const std::string& database, const std::string& name) {
    postgres::session db({.database = database});
    eventstore::scopes may;
    may.add(eventstore::scope::submit);
    may.add(eventstore::scope::read);
    return eventstore::create_token(db, {.name = name, .from = domain::source::bot, .may = may})
        .value();
}

std::int64_t log_size(const std::string& database) {
    postgres::session db({.database = database});
    return db.run(sql::bench::log_size).number(0, 0);
}

std::int64_t size_by_hand(const std::string& database) {
    postgres::session db({.database = database});
    return db.run(sql::bench_guarded::count_events).number(0, 0);
}

} // namespace datadrop::processor::trials::bench
