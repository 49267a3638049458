// Short loads of every kind on a database: every command is answered, and what the answers say is
// what the tables hold.

#include "processor/trials/bench/loads/load_run.hpp"

#include "eventstore/tokens.hpp"
#include "processor/cli/failures.hpp"
#include "processor/http/http_server.hpp"
#include "tests/support/database.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>
#include <thread>

using namespace datadrop;
using namespace datadrop::processor;
using namespace datadrop::processor::trials::bench;

namespace {

using namespace std::chrono_literals;
using cli::server_address;

load_spec short_load(load_kind kind, const std::string& prefix) {
    return {.kind = kind,
            .members = 1'000,
            .guilds = 10,
            .key_prefix = prefix,
            .warm_up = 20ms,
            .measured = 300ms};
}

/// On one member, who is in VerificationPending.
load_spec contended(load_kind kind, const std::string& prefix) {
    auto spec = short_load(kind, prefix);
    spec.commands = load_commands::record_email;
    spec.in_flight = 32;
    spec.members = 1;
    spec.guilds = 1;
    return spec;
}

load_spec preparing(load_spec spec) {
    spec.key_prefix = "p-";
    spec.commands_max = spec.members * preparing_commands(spec.commands);
    if (spec.members == 1) spec.in_flight = 1;
    return spec;
}

/// A database and the loads on it.
class load_world {
  public:
    const std::string& url() const { return database_.url(); }

    load_report run(load_spec spec, const server_address& server = {},
                    const std::string& token = {}) {
        spec.answers = folder_.path() / (spec.key_prefix + "answers");
        std::istringstream in("go\n");
        std::ostringstream out;
        load_place at{.service = {.database = url()}, .server = {.at = server}, .token = token};
        at.service.tries.time_max = 10s; // a busy machine is no reason to park
        const auto report = run_load(spec, at, in, out);
        CHECK(out.str() == "ready\nmeasuring\nmeasured\n");
        return report;
    }

    /// How many answers of a load say so.
    std::int64_t answers(const load_spec& spec, const std::string& outcome) const {
        std::ifstream in(folder_.path() / (spec.key_prefix + "answers"));
        std::int64_t count = 0;
        for (std::string line; std::getline(in, line);)
            count += line.find("\t" + outcome + "\t") != std::string::npos ? 1 : 0;
        return count;
    }

    std::int64_t number(std::string_view sql) { return database_.connect().run(sql).number(0, 0); }

    /// Events with keys of the load.
    std::int64_t events(const load_spec& spec, const std::string& table = "datadrop.events") {
        return database_.connect()
            .run("SELECT count(*) FROM " + table + " WHERE idempotency_key LIKE $1",
                 eventstore::postgres::params{}.add(spec.key_prefix + "%"))
            .number(0, 0);
    }

  private:
    test::temporary_folder folder_;
    test::scratch_database database_;
};

/// A server in this process.
class front_door {
  public:
    front_door(const std::string& database, std::size_t queue_limit)
        : behind_(io_, {.database = database, .queue_limit = queue_limit}),
          server_(io_, behind_, {.host = "127.0.0.1"}) {
        eventstore::postgres::session db({.database = database});
        eventstore::scopes may;
        may.add(eventstore::scope::submit);
        may.add(eventstore::scope::read);
        token_ =
            eventstore::create_token(db, {.name = "bench", .from = domain::source::bot, .may = may})
                .value();
        behind_.start();
        server_.start();
        thread_ = std::jthread([this] { io_.run(); });
    }
    ~front_door() {
        boost::asio::co_spawn(io_, stop(), boost::asio::use_future).get();
        io_.stop();
    }

    server_address address() const { return {.host = "127.0.0.1", .port = server_.port()}; }
    const std::string& token() const { return token_; }

  private:
    boost::asio::awaitable<void> stop() {
        co_await server_.stop();
        co_await behind_.stop();
    }

    boost::asio::io_context io_{1};
    service behind_;
    http::http_server server_;
    std::string token_;
    std::jthread thread_;
};

} // namespace

TEST_SUITE("bench load") {
    TEST_CASE("the processor's load: every command is accepted, and is an event") {
        load_world world;
        const auto spec = short_load(load_kind::processor, "w-");
        CHECK(world.run(preparing(spec)).accepted == spec.members);
        const auto report = world.run(spec);
        CHECK(report.accepted > 0);
        CHECK(report.accepted_after.p50 > 0);
        CHECK(report.cpu_seconds > 0);
        CHECK(world.answers(spec, "accepted") == report.sent);
        CHECK(world.events(spec) == report.sent);
    }

    TEST_CASE("two processors' loads on one member: every command is accepted") {
        load_world world;
        const auto one = contended(load_kind::processor, "a-");
        const auto other = contended(load_kind::processor, "b-");
        world.run(preparing(one));
        load_report reports[2];
        {
            const std::jthread beside([&] { reports[1] = world.run(other); });
            reports[0] = world.run(one);
        }
        CHECK(world.answers(one, "accepted") == reports[0].sent);
        CHECK(world.answers(other, "accepted") == reports[1].sent);
        CHECK(world.events(one) + world.events(other) == reports[0].sent + reports[1].sent);
    }

    TEST_CASE("the guarded load: every command is accepted, and is an event") {
        load_world world;
        const auto spec = short_load(load_kind::guarded, "w-");
        CHECK(world.run(preparing(spec)).accepted == spec.members);
        const auto report = world.run(spec);
        CHECK(report.accepted > 0);
        CHECK(report.retries == 0);
        CHECK(world.answers(spec, "accepted") == report.sent);
        CHECK(world.events(spec, "bench_guarded.events") == report.sent);
    }

    TEST_CASE("the guarded load on one member: who loses a race tries again, and none is lost") {
        load_world world;
        const auto spec = contended(load_kind::guarded, "w-");
        world.run(preparing(spec));
        const auto report = world.run(spec);
        CHECK(report.retries > 0);
        const auto accepted = world.answers(spec, "accepted");
        const auto parked = world.answers(spec, "dead_lettered");
        CHECK(accepted + parked == report.sent);
        CHECK(world.events(spec, "bench_guarded.events") == accepted);
        CHECK(world.number("SELECT count(*) FROM bench_guarded.dead_letters") == parked);
        CHECK(world.number("SELECT version FROM bench_guarded.members") == 6 + accepted);
    }

    TEST_CASE("the guarded load: a key that was sent before is answered by its event") {
        load_world world;
        const auto spec = preparing(short_load(load_kind::guarded, "w-"));
        world.run(spec);
        world.number("WITH back AS (UPDATE bench_guarded.members SET version = 0, state = 0 "
                     "RETURNING 1) SELECT count(*) FROM back");
        CHECK(world.run(spec).accepted == spec.members);
        CHECK(world.events(spec, "bench_guarded.events") == spec.members);
    }

    TEST_CASE("the loads over HTTP: every command is accepted, and is an event") {
        load_world world;
        const front_door door(world.url(), 10'000);
        world.run(preparing(short_load(load_kind::processor, "w-")));
        const auto check = [&](load_spec spec) {
            spec.in_flight = 8;
            const auto report = world.run(spec, door.address(), door.token());
            CHECK(report.accepted > 0);
            CHECK(world.answers(spec, "accepted") == report.sent);
            CHECK(world.events(spec) == report.sent);
        };
        auto spec = short_load(load_kind::http_json, "j-");
        check(spec);
        spec.key_prefix = "open-";
        spec.commands_a_second = 200;
        check(spec);
        auto arrays = short_load(load_kind::http_flatbuffers, "f-");
        arrays.commands_a_request = 20;
        check(arrays);
    }

    TEST_CASE("the load on the feed: one reader sees all events there are") {
        load_world world;
        const front_door door(world.url(), 10'000);
        world.run(preparing(short_load(load_kind::processor, "p-")));
        auto spec = short_load(load_kind::feed, "f-");
        spec.in_flight = 1;
        spec.commands_max = spec.members;
        const auto report = world.run(spec, door.address(), door.token());
        CHECK(report.accepted == spec.members);
        CHECK(report.seconds > 0);
    }

    TEST_CASE("the load on the feed: live readers see what others write meanwhile") {
        load_world world;
        const front_door door(world.url(), 10'000);
        const auto writing = short_load(load_kind::processor, "w-");
        world.run(preparing(writing));
        auto reading = short_load(load_kind::feed, "f-");
        reading.in_flight = 5;
        reading.measured = 600ms;
        load_report written;
        load_report seen;
        {
            const std::jthread beside([&] { written = world.run(writing); });
            seen = world.run(reading, door.address(), door.token());
        }
        CHECK(seen.accepted > 0);
        CHECK(seen.sent <= 5 * written.sent);
        CHECK(seen.accepted_after.p50 > 0);
        CHECK(seen.accepted_after.max < 60'000'000);
    }

    TEST_CASE("the load on the feed: a feed that is refused ends it") {
        load_world world;
        const front_door door(world.url(), 10'000);
        CHECK_THROWS_AS(world.run(short_load(load_kind::feed, "f-"), door.address(), "none"),
                        cli::refused);
    }

    TEST_CASE("the load over HTTP: a full queue is told, and the load goes on") {
        load_world world;
        const front_door door(world.url(), 4);
        world.run(preparing(short_load(load_kind::processor, "p-")));
        auto spec = short_load(load_kind::http_json, "j-");
        const auto report = world.run(spec, door.address(), door.token());
        CHECK(report.overloaded > 0);
        CHECK(report.overloaded_after.max > 0);
        CHECK(report.accepted > 0);
        const auto accepted = world.answers(spec, "accepted");
        CHECK(accepted + world.answers(spec, "overloaded") == report.sent);
        CHECK(world.events(spec) == accepted);
    }

    TEST_CASE("the load over HTTP: a token that is not in force ends it") {
        load_world world;
        const front_door door(world.url(), 10'000);
        CHECK_THROWS_AS(world.run(short_load(load_kind::http_json, "j-"), door.address(), "none"),
                        cli::refused);
    }
}
