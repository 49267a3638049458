#include "processor/trials/bench/runs/runs.hpp"

#include "processor/cli/failures.hpp"
#include "processor/cli/progress.hpp"
#include "processor/trials/bench/loads/load_process.hpp"
#include "processor/trials/bench/runs/processes.hpp"
#include "processor/trials/bench/runs/reconcile.hpp"
#include "processor/trials/children/server_process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace datadrop::processor::trials::bench {
namespace {

namespace fs = std::filesystem;

constexpr int in_flight_at_first = 256;
constexpr int in_flight_filling = 512;

bool is_http(load_kind kind) {
    return kind == load_kind::http_json || kind == load_kind::http_flatbuffers;
}

/// The members' first events are written without the detour of HTTP.
load_kind kind_of_preparation(load_kind kind) {
    return kind == load_kind::guarded ? load_kind::guarded : load_kind::processor;
}

/// Processor time so far, in seconds.
struct cpu_reading {
    std::optional<double> postgres{};
    std::optional<double> server{};
};

std::optional<double> for_a_thousand(std::optional<double> before, std::optional<double> after,
                                     std::int64_t commands) {
    if (!before || !after || commands <= 0) return std::nullopt;
    return (*after - *before) * 1'000 / static_cast<double>(commands);
}

/// One run, from its database to its figures.
class load_run {
  public:
    load_run(const arena& at, const load_plan& plan, double peak_a_second)
        : at_(at), plan_(plan), number_(at.place.next_run()), peak_a_second_(peak_a_second),
          database_(database()), written_(database_) {}

    run_figures run() {
        if (plan_.log_events == 0 && plan_.before == existence::prepared) prepare();
        if (is_http(plan_.kind)) start_server();
        const auto reports = measure();
        auto found = figures_of(together(reports));
        if (server_) stop_server();
        reconcile();
        return found;
    }

  private:
    std::string database() const {
        if (plan_.log_events == 0) return at_.place.fresh(plan_.partitions);
        return filled_log(at_, {.commands = plan_.commands,
                                .members = plan_.members,
                                .guilds = plan_.guilds,
                                .events = plan_.log_events,
                                .partitions = plan_.partitions});
    }

    /// Of a load's keys and of files, which no other run has.
    std::string own(const std::string& what) const { return fmt::format("{}-{}", number_, what); }

    load_spec spec(const std::string& name) {
        const auto file = at_.folder / own(name + ".answers");
        answers_.push_back(file);
        return {.kind = plan_.kind,
                .commands = plan_.commands,
                .in_flight = plan_.in_flight,
                .commands_a_request = plan_.commands_a_request,
                .commands_a_second =
                    plan_.of_peak > 0 ? plan_.of_peak * peak_a_second_ : plan_.commands_a_second,
                .members = plan_.members,
                .guilds = plan_.guilds,
                .commands_max = plan_.before == existence::none ? plan_.members : 0,
                .key_prefix = own(name),
                .warm_up = at_.warm_up,
                .measured = at_.measured,
                .answers = file};
    }

    load_surroundings surroundings(const std::string& name) const {
        load_surroundings around{.environment = {{"DATADROP_DATABASE", database_}},
                                 .log = at_.folder / own(name + ".log")};
        if (server_) {
            around.environment["DATADROP_SERVER"] = "http://" + to_text(server_->address());
            around.environment["DATADROP_TOKEN"] = token_;
        }
        return around;
    }

    void prepare() {
        auto first = spec("first");
        first.kind = kind_of_preparation(plan_.kind);
        first.commands_a_request = 1;
        first.commands_a_second = 0;
        // One at a time for each member, which none but our own processor would keep in order.
        first.in_flight =
            static_cast<int>(std::clamp<std::int64_t>(plan_.members / 4, 1, in_flight_at_first));
        first.commands_max = plan_.members * preparing_commands(plan_.commands);
        std::vector<load_process> loads;
        loads.emplace_back(first, surroundings("first"));
        run_at_once(loads, {}, at_.signals);
    }

    void start_server() {
        token_ = make_token(database_);
        server_ = std::make_unique<server_process>(
            server_options{.name = "server",
                           .database = database_,
                           .log = at_.folder / own("server.log"),
                           .more_arguments = plan_.serve_arguments});
        server_->wait_until_ready(at_.signals);
    }

    /// Of the guild behind those that are measured.
    load_spec flood_spec() {
        auto flood = spec("flood");
        flood.in_flight = plan_.beside->in_flight;
        flood.commands_a_request = plan_.beside->commands_a_request;
        flood.commands_a_second = 0;
        flood.members = std::int64_t{4} * flood.in_flight * flood.commands_a_request;
        flood.guilds = 1;
        flood.guild_first = plan_.guilds;
        return flood;
    }

    std::vector<load_report> measure() {
        std::vector<load_process> loads;
        for (int i = 0; i < plan_.processes; ++i) {
            const auto name = fmt::format("load{}", i);
            loads.emplace_back(spec(name), surroundings(name));
        }
        if (plan_.beside) loads.emplace_back(flood_spec(), surroundings("flood"));
        auto reports = run_at_once(loads,
                                   {.measuring = [this] { before_ = reading(); },
                                    .measured = [this] { after_ = reading(); }},
                                   at_.signals);
        reports.resize(static_cast<std::size_t>(plan_.processes));
        return reports;
    }

    cpu_reading reading() const {
        cpu_reading now{.postgres = at_.place.postgres_cpu()};
        if (server_) now.server = cpu_seconds(server_->process().pid());
        return now;
    }

    run_figures figures_of(const load_report& r) const {
        run_figures found{
            .per_second = r.seconds > 0 ? static_cast<double>(r.accepted) / r.seconds : 0,
            .answers = r,
            .client_cpu = for_a_thousand(0, r.cpu_seconds, r.accepted),
            .server_cpu = for_a_thousand(before_.server, after_.server, r.accepted),
            .postgres_cpu = for_a_thousand(before_.postgres, after_.postgres, r.accepted),
            .client_memory = r.peak_memory};
        if (server_) found.server_memory = peak_memory(server_->process().pid());
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
    reconciliation written_;
    std::string token_{};
    std::unique_ptr<server_process> server_{};
    std::vector<fs::path> answers_{};
    cpu_reading before_{};
    cpu_reading after_{};
};

} // namespace

run_figures run_load(const arena& at, const load_plan& plan, double peak_a_second) {
    return load_run(at, plan, peak_a_second).run();
}

std::string filled_log(const arena& at, const filling& wanted) {
    if (const auto there = at.place.filled(wanted)) return *there;
    const auto url = at.place.to_be_filled(wanted);
    const load_spec fill{.commands = wanted.commands,
                         .in_flight = in_flight_filling,
                         .members = wanted.members,
                         .guilds = wanted.guilds,
                         .commands_max = wanted.events,
                         .key_prefix = "fill"};
    std::vector<load_process> loads;
    loads.emplace_back(fill, load_surroundings{.environment = {{"DATADROP_DATABASE", url}},
                                               .log = at.folder / "fill.log"});
    auto printer = cli::stderr_progress("bench: filling a log", "events");
    run_at_once(loads, {.meanwhile = [&] { printer.report(log_size(url), wanted.events); }},
                at.signals);
    if (log_size(url) != wanted.events)
        throw cli::refused(fmt::format("{} events were to be in the log, and there are {}",
                                       wanted.events, log_size(url)));
    return url;
}

run_figures run(const arena& at, const contender& who, double peak_a_second) {
    if (const auto* plan = std::get_if<load_plan>(&who.how))
        return run_load(at, *plan, peak_a_second);
    if (const auto* plan = std::get_if<limit_plan>(&who.how)) return run_limit(at, *plan);
    return run_log_work(at, std::get<log_plan>(who.how));
}

} // namespace datadrop::processor::trials::bench
