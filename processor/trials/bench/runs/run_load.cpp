#include "eventstore/postgres/driver/session.hpp"
#include "processor/cli/failures.hpp"
#include "processor/trials/bench/loads/load_process.hpp"
#include "processor/trials/bench/runs/fillings.hpp"
#include "processor/trials/bench/runs/own_certificate.hpp"
#include "processor/trials/bench/runs/processes.hpp"
#include "processor/trials/bench/runs/reconcile.hpp"
#include "processor/trials/bench/runs/runs.hpp"
#include "processor/trials/children/server_process.hpp"
#include "processor/trials/sql/bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace datadrop::processor::trials::bench {
namespace {

namespace fs = std::filesystem;
namespace postgres = eventstore::postgres;

bool needs_server(load_kind kind) {
    return kind != load_kind::processor && kind != load_kind::guarded;
}

std::string database_for(const arena& at, const load_plan& plan) {
    if (plan.log_events > 0) return filled_log(at, filling_of(plan));
    if (plan.before == existence::none) return at.place.fresh(plan.partitions);
    return filled_copy(at, filling_of(plan));
}

/// So far: processor time in seconds, and bytes.
struct reading {
    std::optional<double> postgres{};
    std::optional<double> server{};
    double wal = 0;
};

std::optional<double> for_each(std::optional<double> before, std::optional<double> after,
                               std::int64_t commands) {
    if (!before || !after || commands <= 0) return std::nullopt;
    return (*after - *before) / static_cast<double>(commands);
}

std::optional<double> for_a_thousand(std::optional<double> before, std::optional<double> after,
                                     std::int64_t commands) {
    const auto one = for_each(before, after, commands);
    return one ? std::optional(*one * 1'000) : std::nullopt;
}

/// One run, from its database to its figures.
class load_run {
  public:
    load_run(const arena& at, const load_plan& plan, double peak_a_second)
        : at_(at), plan_(plan), number_(at.place.next_run()), peak_a_second_(peak_a_second),
          database_(database_for(at, plan)), watch_({.database = database_}), written_(database_) {}

    run_figures run() {
        if (plan_.aged) grow_old(*plan_.aged);
        if (needs_server(plan_.kind)) start_server();
        if (is_open_loop()) warm_up();
        const auto reports = measure();
        auto found = figures_of(together(reports));
        old_snapshot_.reset();
        if (server_) stop_server();
        reconcile();
        return found;
    }

  private:
    // ---- The loads

    /// Of a load's keys and of files, which no other run has.
    std::string own(const std::string& what) const { return fmt::format("{}-{}", number_, what); }

    double rate(double a_second, double of_peak) const {
        return of_peak > 0 ? of_peak * peak_a_second_ : a_second;
    }

    load_spec spec(const std::string& name) {
        return {.kind = plan_.kind,
                .commands = plan_.commands,
                .in_flight = plan_.in_flight,
                .commands_a_request = plan_.commands_a_request,
                .commands_a_second = rate(plan_.commands_a_second, plan_.of_peak),
                .members = plan_.members,
                .guilds = plan_.guilds,
                .commands_max = plan_.commands_max,
                .key_prefix = own(name),
                .warm_up = at_.warm_up,
                .measured = at_.measured,
                .answers = plan_.kind == load_kind::feed ? fs::path() : answers_of(name)};
    }

    fs::path answers_of(const std::string& name) {
        return answers_.emplace_back(at_.folder / own(name + ".answers"));
    }

    load_spec spec_beside(const beside_plan& plan) {
        auto beside = spec("beside");
        beside.kind = load_kind::http_json;
        beside.in_flight = plan.in_flight;
        beside.commands_a_request = plan.commands_a_request;
        beside.commands_a_second = rate(plan.commands_a_second, plan.of_peak);
        beside.commands_max = 0;
        if (plan_.kind == load_kind::feed) beside.answers = answers_of("beside");
        if (!plan.of_its_own_guild) return beside;
        beside.members = std::int64_t{4} * plan.in_flight * plan.commands_a_request;
        beside.guilds = 1;
        beside.guild_first = plan_.guilds;
        return beside;
    }

    load_surroundings surroundings(const std::string& name) const {
        load_surroundings around{.environment = {{"DATADROP_DATABASE", database_}},
                                 .log = at_.folder / own(name + ".log")};
        if (server_) {
            around.environment["DATADROP_SERVER"] = to_text(server_->url());
            if (plan_.in_tls) around.environment["DATADROP_CA_FILE"] = certificate_.certificate;
            around.environment["DATADROP_TOKEN"] = token_;
        }
        return around;
    }

    // ---- Before

    void grow_old(const age_plan& by) {
        if (by.snapshot_held) hold_snapshot();
        auto appends = spec("aged");
        appends.in_flight = 1;
        appends.commands_max = by.appends;
        run_alone(appends, "aged");
    }

    bool is_open_loop() const { return rate(plan_.commands_a_second, plan_.of_peak) > 0; }

    /// As a closed loop does by itself (load.hpp): a command to each member, as fast as it goes.
    void warm_up() {
        auto each = spec("warm");
        each.in_flight = 1;
        // Of few members as many as may be under way at once (load.hpp).
        each.commands_a_request =
            static_cast<int>(std::clamp<std::int64_t>(plan_.members / 4, 1, 500));
        each.commands_a_second = 0;
        each.commands_max = plan_.members;
        run_alone(each, "warm");
    }

    void run_alone(const load_spec& what, const std::string& name) {
        std::vector<load_process> loads;
        loads.emplace_back(what, surroundings(name));
        run_at_once(loads, {}, at_.signals);
    }

    void hold_snapshot() {
        old_snapshot_.emplace(postgres::session::options{.database = database_});
        old_snapshot_->begin(postgres::isolation::repeatable_read_read_only);
        old_snapshot_->run(sql::bench::log_size); // which takes the snapshot
    }

    void start_server() {
        token_ = make_token(database_, own("load"));
        server_options serve{.name = "server",
                             .database = database_,
                             .log = at_.folder / own("server.log"),
                             .more_arguments = plan_.serve_arguments};
        if (plan_.in_tls) speak_tls(serve);
        server_ = std::make_unique<server_process>(serve);
        server_->wait_until_ready(at_.signals);
    }

    void speak_tls(server_options& serve) {
        certificate_ = make_certificate(at_.folder / own("tls"));
        serve.more_arguments.insert(
            serve.more_arguments.end(),
            {"--tls-certificate", certificate_.certificate, "--tls-key", certificate_.key});
        serve.ca_file = certificate_.certificate;
    }

    // ---- Meanwhile

    std::vector<load_report> measure() {
        std::vector<load_process> loads;
        for (int i = 0; i < plan_.processes; ++i) {
            const auto name = fmt::format("load{}", i);
            loads.emplace_back(spec(name), surroundings(name));
        }
        if (plan_.beside) loads.emplace_back(spec_beside(*plan_.beside), surroundings("beside"));
        auto reports = run_at_once(loads,
                                   {.ready = [this] { begin_by_number(); },
                                    .measuring = [this] { begin_by_clock(); },
                                    .measured = [this] { after_ = read(); }},
                                   at_.signals);
        reports.resize(static_cast<std::size_t>(plan_.processes));
        return reports;
    }

    /// A few commands may all be done when the load is heard to have begun.
    void begin_by_number() {
        make_checkpoint();
        if (plan_.commands_max > 0) before_ = read();
    }

    void begin_by_clock() {
        if (plan_.commands_max == 0) before_ = read();
    }

    void make_checkpoint() {
        if (!plan_.after_checkpoint) return;
        watch_.limit_statements(std::chrono::milliseconds(0));
        watch_.run_script(sql::bench::checkpoint);
    }

    reading read() {
        reading now{.postgres = at_.place.postgres_cpu(),
                    .wal = static_cast<double>(watch_.run(sql::bench::wal_bytes).number(0, 0))};
        if (server_) now.server = cpu_seconds(server_->process().pid());
        return now;
    }

    // ---- Afterwards

    run_figures figures_of(const load_report& r) const {
        run_figures found{
            .per_second = r.seconds > 0 ? static_cast<double>(r.accepted) / r.seconds : 0,
            .answers = r,
            .client_cpu = for_a_thousand(0, r.cpu_seconds, r.accepted),
            .server_cpu = for_a_thousand(before_.server, after_.server, r.accepted),
            .postgres_cpu = for_a_thousand(before_.postgres, after_.postgres, r.accepted),
            .client_memory = r.peak_memory};
        if (server_) found.server_memory = peak_memory(server_->process().pid());
        if (plan_.kind != load_kind::feed && !plan_.beside) // others' WAL is not the load's
            found.wal_bytes = for_each(before_.wal, after_.wal, r.accepted);
        return found;
    }

    void stop_server() {
        server_->require_running();
        server_->terminate();
        server_->wait_for_end();
        server_.reset();
    }

    void reconcile() {
        const auto whom =
            plan_.kind == load_kind::guarded ? written_by::guarded_statement : written_by::datadrop;
        const auto differences = differences_text(written_.compare(whom, answers_));
        if (!differences.empty())
            throw cli::refused("the answers are not what is written:\n" + differences);
        for (const auto& file : answers_)
            fs::remove(file);
    }

    const arena& at_;
    const load_plan& plan_;
    int number_;
    double peak_a_second_;
    std::string database_;
    postgres::session watch_;
    reconciliation written_;
    std::optional<postgres::session> old_snapshot_{};
    std::string token_{};
    http::certificate_files certificate_{}; // of a server in TLS
    std::unique_ptr<server_process> server_{};
    std::vector<fs::path> answers_{};
    reading before_{};
    reading after_{};
};

} // namespace

run_figures run_load(const arena& at, const load_plan& plan, double peak_a_second) {
    return load_run(at, plan, peak_a_second).run();
}

} // namespace datadrop::processor::trials::bench
