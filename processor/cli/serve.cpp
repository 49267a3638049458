#include "eventstore/postgres/cluster/subprocess.hpp"
#include "processor/cli/commands.hpp"
#include "processor/cli/database_access.hpp"
#include "processor/cli/private_database.hpp"
#include "processor/cli/serve_tls.hpp"
#include "processor/cli/service_manager.hpp"
#include "processor/http/http_limits.hpp"
#include "processor/http/http_server.hpp"
#include "processor/http/open_files.hpp"
#include "processor/service/service.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

#include <unistd.h>

namespace datadrop::processor::cli {
namespace {

namespace asio = boost::asio;

/// None when a database was named.
std::unique_ptr<private_database> embedded_database(const settings& told,
                                                    std::optional<int> partitions) {
    if (told.database && partitions)
        throw usage_error("--partitions is for a private PostgreSQL; of a database that is named, "
                          "`datadrop migrate --partitions` says how many it has");
    if (told.database) return nullptr;
    const auto folder = data_folder(told);
    spdlog::info("no database was named: starting a private PostgreSQL in {}", folder.string());
    return std::make_unique<private_database>(folder, partitions);
}

/// Commands that were admitted are answered before anything ends; a second signal ends at once.
asio::awaitable<void> stop_on_signal(asio::io_context& io, asio::signal_set& signals,
                                     http::http_server& server, service& behind,
                                     service_manager& manager) {
    const auto signal = co_await signals.async_wait(asio::use_awaitable);
    spdlog::info("signal {}: stopping", signal);
    manager.stopping("stopping: what was accepted for processing is answered first");
    signals.async_wait([](boost::system::error_code error, int again) {
        if (!error) std::_Exit(128 + again);
    });
    co_await server.stop();
    co_await behind.stop();
    io.stop();
}

/// As process 1, of a container, whoever loses its parent is ours to bury.
asio::awaitable<void> bury_adopted() {
    constexpr std::chrono::milliseconds look_interval(250);
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (;;) {
        eventstore::postgres::reap_adopted();
        timer.expires_after(look_interval);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

std::string url_of(const http::http_server& server, const settings& told) {
    return to_text(server_url{.speaks = told.certificate ? protocol::https : protocol::http,
                              .at = {told.listen.host, server.port()}});
}

void listen(http::http_server& server, const settings& told) {
    try {
        server.start();
    } catch (const std::runtime_error& e) {
        throw refused(std::string(e.what()) + "; choose another address with --listen");
    }
    spdlog::info("listening on {}", url_of(server, told));
}

void start(service& behind) {
    try {
        behind.start();
    } catch (const start_refused& e) {
        throw refused(e.what());
    }
}

/// Beside connections, ours and to the database: what a fence or a check opens besides, the
/// listener, the log, what the libraries hold.
constexpr std::size_t other_files = 100;

http::connections::places places_that_fit(const settings& told) {
    const auto database = static_cast<std::size_t>(told.service.connections());
    const auto others = other_files + database;
    const auto places = http::places_for(told.connection_limit, others);
    if (places.ordinary == 0)
        throw refused(fmt::format(
            "the limit of open files is too low: {} are needed at least; raise it with `ulimit -n`",
            http::connections_min + http::connections_spare + others));
    if (places.ordinary < told.connection_limit)
        spdlog::warn("the limit of open files leaves room for {} connections instead of {}; raise "
                     "it with `ulimit -n`",
                     places.ordinary, told.connection_limit);
    return places;
}

void serve_until_signal(asio::io_context& io, asio::signal_set& signals, const settings& told,
                        const private_database* embedded, const http::connections::places& places,
                        service_manager& manager) {
    const auto certificate = certificate_of(told);
    auto wanted = told.service;
    wanted.database = embedded ? embedded->url() : *told.database;
    service behind(io, wanted);
    manager.status("opening the connections to the database");
    start(behind);
    http::http_server::options options{.host = told.listen.host,
                                       .port = told.listen.port,
                                       .places = places,
                                       .feeds_max = told.feed_limit,
                                       .rates = told.rates,
                                       .certificate = certificate.get()};
    if (embedded) options.restarts = [embedded] { return embedded->restarts(); };
    http::http_server server(io, behind, std::move(options));
    listen(server, told);
    asio::co_spawn(io, reload_on_hangup(certificate.get()), asio::detached);
    asio::co_spawn(io, stop_on_signal(io, signals, server, behind, manager),
                   [](std::exception_ptr failure) {
                       if (failure) std::rethrow_exception(failure);
                   });
    asio::co_spawn(io, manager.follow(behind, url_of(server, told)), asio::detached);
    asio::co_spawn(io, manager.feed_watchdog(), asio::detached);
    if (::getpid() == 1) asio::co_spawn(io, bury_adopted(), asio::detached);
    io.run();
}

exit_code serve(const settings& told, std::optional<int> partitions) {
    // Whoever reads the log may go away without ending the server.
    std::signal(SIGPIPE, SIG_IGN);
    const auto places = places_that_fit(told);
    asio::io_context io(1);
    // From here on, so that a signal during the start does not leave a cluster behind.
    asio::signal_set signals(io, SIGINT, SIGTERM);
    service_manager manager;
    if (!told.database) manager.status("starting the private PostgreSQL");
    const auto embedded = embedded_database(told, partitions);
    serve_until_signal(io, signals, told, embedded.get(), places, manager);
    if (embedded) {
        manager.status("stopping: the private PostgreSQL ends");
        embedded->stop();
    }
    spdlog::info("stopped");
    return exit_code::done;
}

} // namespace

void add_serve(CLI::App& program, invocation& line) {
    const auto partitions = std::make_shared<std::optional<int>>();
    auto& command = add_command(
        program, line,
        {.name = "serve",
         .what =
             "Serve the HTTP API. Without a database it starts a private PostgreSQL of its own.",
         .example = "datadrop serve\n"
                    "         datadrop serve --database postgresql://app@db.example.org/datadrop "
                    "--listen 0.0.0.0:8132",
         .more =
             "GET /openapi.json describes the API, for people and for programs (OpenAPI 3.1).\n"
             "With --tls-certificate and --tls-key it serves HTTPS, and HTTPS alone (TLS 1.2 and "
             "1.3). SIGHUP reads both files again: new connections get what is there, none is "
             "lost.\n"
             "SIGTERM or Ctrl-C answers what was accepted for processing and ends with exit code "
             "0; a second one ends at once.\n"
             "It opens writers + 2 x readers + 2 connections to the database at its start (8 "
             "unless told otherwise), and keeps them.\n"
             "systemd (Type=notify) is told when commands can be processed, what the server is at, "
             "and, for its watchdog, that the io thread runs; journald gets each line's priority.\n"
             "Exit code 1: the address is taken, the schema is not current (`datadrop migrate`), "
             "or the database's role lacks rights (`datadrop migrate --app-role ROLE`) or "
             "connections."},
        works_on::a_service_of_its_own,
        [partitions](const settings& told) { return serve(told, *partitions); });
    command
        .add_option("--partitions", *partitions,
                    "Of a new private PostgreSQL, 1 to 64 (1); they stay as they were made")
        ->check(CLI::Range(1, 64));
}

} // namespace datadrop::processor::cli
