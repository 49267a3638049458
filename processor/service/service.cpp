#include "processor/service/service.hpp"

#include "eventstore/postgres/database.hpp"
#include "eventstore/postgres/driver/pooler.hpp"
#include "eventstore/postgres/whole_log.hpp"
#include "processor/service/command_shell.hpp"
#include "processor/service/log_watch.hpp"
#include "processor/service/projecting.hpp"
#include "processor/service/read_model_care.hpp"
#include "processor/service/run_worker.hpp"
#include "processor/service/token_uses.hpp"
#include "projections/agreement.hpp"
#include "projections/tables.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace datadrop::processor {
namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::size_t run_page_max = 1'000;

core_limits limits_of(const service_settings& s) {
    core_limits limits;
    limits.queue_max = s.queue_limit;
    limits.cache_members_max = s.cache_members;
    limits.tries = s.tries;
    limits.waits = s.waits;
    return limits;
}

} // namespace

struct service::impl {
    impl(boost::asio::io_context& io_, service_settings settings_)
        : io(io_), settings(std::move(settings_)) {}

    /// What carries commands is given up soon, since submitters wait for it …
    eventstore::postgres::session::options for_commands() const {
        return {.database = settings.database,
                .connect_timeout = 2s,
                .statement_timeout = 2s,
                .answer_timeout = 3s};
    }
    /// … and what only reads and projects may take its time.
    eventstore::postgres::session::options for_reading() const {
        return {.database = settings.database,
                .connect_timeout = 2s,
                .statement_timeout = 10s,
                .answer_timeout = 12s};
    }

    /// … or as long as it takes.
    eventstore::postgres::session::options for_long_work() const {
        return {.database = settings.database, .statement_timeout = 0ms};
    }

    /// A reader's connections, which its thread uses.
    struct thread_reader {
        std::unique_ptr<eventstore::log> log;
        std::unique_ptr<projections::read_model> model;
        std::unique_ptr<reader> both;
    };
    void open_reader(const std::function<void()>& opened) {
        auto& mine = reader_connections.emplace_back();
        mine.log = eventstore::postgres::open_log(for_reading(), partitions);
        mine.model = std::make_unique<projections::read_model>(for_reading(), partitions);
        mine.both =
            std::make_unique<reader>(reader{*mine.log, *mine.model, readers_troubles, meter});
        mine.log->require_writable(); // operators' acts are written by readers
        opened();
        mine.model->connect();
        opened();
    }

    void start_readers() {
        // Last, when every connection stands: a reader's thread takes work at once.
        std::vector<reader*> all;
        for (const auto& mine : reader_connections)
            all.push_back(mine.both.get());
        read_by = std::make_unique<readers>(std::move(all));
        looked_up = std::make_unique<figures_watch>(io, *read_by);
        boost::asio::co_spawn(io, keep_token_uses(uses, *read_by), boost::asio::detached);
    }

    /// Acts under way at once leave the queue's room to those who submit.
    void start_runs() {
        const auto page = std::clamp<std::size_t>(settings.queue_limit / 4, 1, run_page_max);
        runs = std::make_unique<run_worker>(
            io, *read_by, partitions, page,
            [this](std::vector<submission> all) { return submit_many(std::move(all)); },
            [this] { return shell->can_write(); }, [this] { committed(); });
        boost::asio::co_spawn(io, runs->work(), boost::asio::detached);
    }

    boost::asio::awaitable<std::vector<outcome>> submit_many(std::vector<submission> all) {
        auto outcomes = co_await shell->submit(std::move(all));
        watch->acknowledged(outcomes);
        co_return outcomes;
    }

    void open_connections(std::vector<eventstore::token_record> tokens);
    void fail_for_lack_of_connections(const eventstore::unavailable& what, int open);

    /// The projectors always follow; the log is looked at again only when somebody waits for it,
    /// since under load each append would otherwise cost a look.
    void committed() {
        if (watch->is_awaited()) watch->nudge();
        projectors->nudge();
    }

    boost::asio::io_context& io;
    service_settings settings;
    int partitions = 0;
    eventstore::fingerprint_key key{};
    call_meter meter;
    outage readers_troubles{"readers"};
    token_uses uses;
    std::vector<thread_reader> reader_connections;
    std::unique_ptr<projecting> projectors;
    std::unique_ptr<log_watch> watch;
    std::unique_ptr<command_shell> shell;
    std::unique_ptr<readers> read_by;
    std::unique_ptr<read_model_care> care;
    std::unique_ptr<figures_watch> looked_up;
    std::unique_ptr<run_worker> runs;
    bool stopping = false;
};

namespace {

struct known_member {
    domain::member_id who;
    eventstore::head at;
};

/// Where members stood when they were last projected, which serves as a hint.
std::vector<known_member> known_members(eventstore::postgres::session& db, int partitions,
                                        std::size_t limit) {
    std::vector<known_member> known;
    const auto add = [&](const projections::member_columns& is) {
        const auto state = domain::parse<domain::state>(is.state);
        if (!state) return; // drift, which is verify's to tell: a hint can be missing
        known.push_back(
            {is.who,
             {domain::stream_version{is.version},
              {.current = *state, .has_email = is.has_email, .lifecycle = is.lifecycle}}});
    };
    projections::read_share_of_members(db, partitions, add, static_cast<std::int64_t>(limit));
    return known;
}

} // namespace

service::service(boost::asio::io_context& io, service_settings settings)
    : impl_(std::make_unique<impl>(io, std::move(settings))) {}

service::~service() = default;

/// What must agree is looked at before the first connection that serves: a server on a log that is
/// not whole would write to it.
void service::start() {
    auto& s = *impl_;
    std::vector<eventstore::token_record> tokens;
    std::vector<known_member> known;
    try {
        eventstore::postgres::require_own_sessions(s.for_reading());
        eventstore::postgres::session db(s.for_reading());
        eventstore::postgres::require_current_schema(db);
        eventstore::postgres::require_rights(db);
        eventstore::postgres::require_whole_log(db);
        if (const auto what = projections::disagreement_with_log(db)) throw start_refused(*what);
        s.partitions = eventstore::postgres::partition_count(db);
        s.key = eventstore::postgres::load_fingerprint_key(db);
        tokens = eventstore::list_tokens(db);
        known = known_members(db, s.partitions, s.settings.cache_members);
    } catch (const eventstore::postgres::connection_lost& e) {
        throw eventstore::unavailable(e.what()); // which the caller may wait out
    }
    s.open_connections(std::move(tokens));
    for (const auto& one : known) // so that a member's first command needs no look-up of its own
        s.shell->remember(one.who, one.at);
    s.start_readers();
    s.care = std::make_unique<read_model_care>(s.for_long_work(), s.partitions);
    s.start_runs();
}

/// All that the server will need, so that what is missing is told now and not to some client later.
void service::impl::open_connections(std::vector<eventstore::token_record> tokens) {
    int open = 0;
    const auto opened = [&open] { ++open; };
    try {
        for (int i = 0; i < settings.readers; ++i)
            open_reader(opened);
        shell = std::make_unique<command_shell>(
            io, partitions, limits_of(settings), settings.writers, meter,
            [this] { return eventstore::postgres::open_log(for_commands(), partitions); },
            [this] { committed(); });
        shell->open_connections(opened);
        projectors = std::make_unique<projecting>(
            for_reading(), partitions, settings.sentinel_rate, meter,
            [this] { boost::asio::post(io, [this] { watch->nudge(); }); });
        opened();
        watch = std::make_unique<log_watch>(io, for_commands(), partitions, std::move(tokens),
                                            meter, [this] { projectors->nudge(); });
    } catch (const eventstore::unavailable& e) {
        fail_for_lack_of_connections(e, open);
        throw;
    }
}

/// When there were some and they are well, others were refused for their number.
void service::impl::fail_for_lack_of_connections(const eventstore::unavailable& what, int open) {
    if (open == 0) return; // none at all is an outage, which the caller may wait out
    reader_connections.front().log->require_writable(); // throws when it has gone meanwhile
    throw start_refused(fmt::format(
        "serve needs {} connections to the database, and got {}: {}; raise max_connections, or the "
        "role's or the database's CONNECTION LIMIT, or lower --writers ({}) or --readers ({})",
        settings.connections(), open, what.what(), settings.writers, settings.readers));
}

boost::asio::awaitable<void> service::stop() {
    impl_->stopping = true; // not ready any more: no new connection comes while this one drains
    co_await impl_->runs->stop();
    co_await impl_->shell->drain();
}

boost::asio::awaitable<std::vector<outcome>> service::submit(std::vector<command_ptr> commands) {
    std::vector<submission> submissions;
    submissions.reserve(commands.size());
    for (auto& command : commands)
        submissions.push_back({.command = std::move(command)});
    auto outcomes = co_await impl_->shell->submit(std::move(submissions));
    // Before it is told: an end that goes back behind it must be noticed.
    impl_->watch->acknowledged(outcomes);
    co_return outcomes;
}

boost::asio::awaitable<remediation_answer> service::redrive(redrive_request request) {
    auto answer = co_await processor::redrive(*impl_->shell, *impl_->read_by, std::move(request));
    if (answer.result) impl_->watch->acknowledged({*answer.result});
    co_return answer;
}

boost::asio::awaitable<remediation_answer> service::discard(eventstore::letter_seen letter,
                                                            domain::command_discarded what) {
    auto answer = co_await processor::discard(*impl_->read_by, letter, std::move(what));
    impl_->committed(); // written past the shell, which would have said so
    co_return answer;
}

void service::runs_changed() { impl_->runs->nudge(); }

boost::asio::awaitable<bool> service::projection_reaches(eventstore::cursor position,
                                                         std::chrono::milliseconds wait_max) {
    return impl_->watch->projection_reaches(std::move(position), steady_clock::now() + wait_max);
}

boost::asio::awaitable<void> service::log_moves(eventstore::cursor seen,
                                                std::chrono::milliseconds wait_max) {
    return impl_->watch->log_moves(std::move(seen), steady_clock::now() + wait_max);
}

boost::asio::awaitable<sign_in> service::authenticate(eventstore::token_hash token) {
    const auto& known = impl_->watch->known_credentials();
    // From memory as a rule; the database is asked only for a token nobody has seen.
    auto found = known.find(token);
    if (found.standing == token_standing::unknown) {
        if (!co_await impl_->watch->refresh_tokens()) // it may have been made a moment ago
            throw eventstore::unavailable("the credentials cannot be read");
        found = known.find(token);
    }
    if (found.standing == token_standing::in_force) impl_->uses.note(token);
    co_return found;
}

bool service::may_read(const eventstore::token_hash& token) const {
    if (!impl_->watch->known_credentials().may_read(token)) return false;
    impl_->uses.note(token);
    return true;
}

const eventstore::cursor& service::tails_seen() const { return impl_->watch->tails(); }

bool service::ready() const {
    return impl_->shell && impl_->shell->can_write() && !impl_->stopping;
}
int service::partitions() const { return impl_->partitions; }
boost::asio::io_context& service::context() const { return impl_->io; }
const eventstore::fingerprint_key& service::key() const { return impl_->key; }

service_figures service::figures() const {
    const auto& core = impl_->shell->core();
    const auto& f = core.figures();
    const auto watched = impl_->projectors ? impl_->projectors->watched() : sentinel_figures{};
    service_figures now{.appends = f.appends,
                        .appended_chains = f.appended_chains,
                        .conflicts = f.conflicts,
                        .reservations = f.reservations,
                        .parked = f.parked,
                        .log_regressions = impl_->watch->regressions(),
                        .queued = core.admitted(),
                        .queue_limit = impl_->settings.queue_limit,
                        .cached_members = core.cached_members(),
                        .projecting = impl_->projectors && impl_->projectors->active(),
                        .members_checked = watched.checked,
                        .members_differed = watched.differences,
                        .ready = ready(),
                        .database_up = impl_->watch->is_answered(),
                        .lag_events = impl_->watch->lags(),
                        .looked_up = impl_->looked_up->last()};
    for (std::size_t i = 0; i < call_kinds; ++i)
        now.calls[i] = impl_->meter.of(static_cast<call_kind>(i));
    return now;
}

sentinel_figures service::watched() const { return impl_->projectors->watched(); }

read_model_care& service::care() { return *impl_->care; }

readers& service::pool() { return *impl_->read_by; }

} // namespace datadrop::processor
