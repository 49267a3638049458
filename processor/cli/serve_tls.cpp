#include "processor/cli/serve_tls.hpp"

#include "processor/cli/failures.hpp"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <csignal>
#include <stdexcept>

#include <unistd.h>

namespace datadrop::processor::cli {

namespace asio = boost::asio;

namespace {

void reload(http::server_certificate& certificate) {
    try {
        certificate.reload();
    } catch (const std::runtime_error& e) {
        spdlog::error("SIGHUP: {}; connections are shown the certificate of before", e.what());
    }
}

} // namespace

std::unique_ptr<http::server_certificate> certificate_of(const settings& told) {
    if (!told.certificate) return nullptr;
    try {
        return std::make_unique<http::server_certificate>(*told.certificate);
    } catch (const std::runtime_error& e) {
        throw refused(e.what());
    }
}

asio::awaitable<void> reload_on_hangup(http::server_certificate* certificate) {
    if (certificate == nullptr && ::isatty(STDIN_FILENO) == 1) co_return;
    asio::signal_set hangup(co_await asio::this_coro::executor, SIGHUP);
    for (;;) {
        co_await hangup.async_wait(asio::use_awaitable);
        if (certificate == nullptr)
            spdlog::info("SIGHUP: there is no certificate to read again");
        else
            reload(*certificate);
    }
}

} // namespace datadrop::processor::cli
