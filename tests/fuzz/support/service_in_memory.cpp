// The service of the fuzzed front door: the real core and its shell on a log in memory that is new
// with each service, so that an input is judged alike at every run. It stands in the place of
// processor/service/service.cpp in the programs that link it. There is no read model: its queries
// find no database.
#include "eventstore/memory/memory_log.hpp"
#include "processor/service/command_shell.hpp"
#include "processor/service/service.hpp"
#include "tests/fuzz/support/front_door.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace datadrop::processor {
namespace {

domain::timestamp fixed_time() { return domain::timestamp{std::chrono::seconds{1'725'185'472}}; }

} // namespace

struct service::impl {
    explicit impl(boost::asio::io_context& io_)
        : io(io_), store(eventstore::memory::make_store(1, fixed_time)),
          shell(
              io, 1, core_limits{}, 1, meter,
              [this] { return eventstore::memory::open_log(store); }, [] {}),
          read_by({&both}) {}

    boost::asio::io_context& io;
    std::shared_ptr<eventstore::memory::store> store;
    std::unique_ptr<eventstore::log> log = eventstore::memory::open_log(store);
    projections::read_model model{{.database = "host=/nowhere"}, 1};
    outage troubles{"readers"};
    call_meter meter;
    reader both{*log, model, troubles, meter};
    eventstore::fingerprint_key key{1, 2, 3};
    command_shell shell;
    readers read_by;
};

service::service(boost::asio::io_context& io, service_settings)
    : impl_(std::make_unique<impl>(io)) {}
service::~service() = default;

boost::asio::awaitable<std::vector<outcome>> service::submit(std::vector<command_ptr> commands) {
    std::vector<submission> submissions;
    for (auto& command : commands)
        submissions.push_back({.command = std::move(command)});
    co_return co_await impl_->shell.submit(std::move(submissions));
}

/// No command spends its budget against an idle log in memory, so there are no dead letters.
boost::asio::awaitable<remediation_answer> service::redrive(redrive_request) {
    co_return remediation_answer{.fate = eventstore::remediation_fate::unknown};
}
boost::asio::awaitable<remediation_answer> service::discard(eventstore::letter_seen letter,
                                                            domain::command_discarded what) {
    co_return co_await read([letter, &what](reader& r) {
        return remediation_answer{.fate = r.log.discard(letter, what)};
    });
}

void service::runs_changed() {}

boost::asio::awaitable<bool> service::projection_reaches(eventstore::cursor,
                                                         std::chrono::milliseconds) {
    co_return false;
}

/// At once, so that a feed soon finds that its client went.
boost::asio::awaitable<void> service::log_moves(eventstore::cursor, std::chrono::milliseconds) {
    co_await boost::asio::post(impl_->io, boost::asio::use_awaitable);
}

boost::asio::awaitable<sign_in> service::authenticate(eventstore::token_hash token) {
    if (token != eventstore::hash_token(test::front_door_token)) co_return sign_in{};
    co_return sign_in{token_standing::in_force,
                      {{domain::source::operator_, "the operator"}, eventstore::scopes{7}}};
}

bool service::may_read(const eventstore::token_hash& token) const {
    return token == eventstore::hash_token(test::front_door_token);
}

const eventstore::cursor& service::tails_seen() const {
    static const eventstore::cursor beginning{1};
    return beginning;
}

bool service::ready() const { return true; }
int service::partitions() const { return 1; }
boost::asio::io_context& service::context() const { return impl_->io; }
const eventstore::fingerprint_key& service::key() const { return impl_->key; }
service_figures service::figures() const { return {}; }
sentinel_figures service::watched() const { return {}; }
read_model_care& service::care() {
    throw eventstore::unavailable("nobody cares for the tables in memory");
}

readers& service::pool() { return impl_->read_by; }

} // namespace datadrop::processor
