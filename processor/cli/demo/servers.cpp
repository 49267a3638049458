#include "processor/cli/demo/servers.hpp"

#include "processor/cli/failures.hpp"
#include "processor/cli/http_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

namespace datadrop::processor::cli::demo {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto ready_time_max = 30s;
constexpr auto stop_time_max = 30s;
constexpr auto look_again = 20ms;
constexpr std::size_t log_bytes_shown = 2000;

child_options server_options(door d, const std::string& database,
                             const std::filesystem::path& folder) {
    const auto name = fmt::format("{} server", name_of(d));
    return {.name = name,
            .arguments = {"serve", "--listen", "127.0.0.1:0"},
            // It may hold a password, which everybody could read among the arguments.
            .environment = {{"DATADROP_DATABASE", database}},
            .log = folder / fmt::format("{}-server.log", name_of(d))};
}

refused failure_of(const child& c, const std::string& what) {
    const auto log = c.log();
    return refused(fmt::format("the {} {}; its log ends with:\n{}", c.name(), what,
                               log.substr(log.size() - std::min(log.size(), log_bytes_shown))));
}

/// Port 0 makes the server choose, and say so.
std::optional<server_address> chosen_address(const child& c) {
    constexpr std::string_view words = "listening on ";
    const auto log = c.log();
    const auto found = log.find(words);
    const auto end = found == std::string::npos ? found : log.find('\n', found);
    if (end == std::string::npos) return std::nullopt;
    const auto begin = found + words.size();
    return parse_server_url(std::string_view(log).substr(begin, end - begin));
}

bool is_ready(const server_address& address) {
    try {
        return http_client(address, {}).get("/readyz").ok();
    } catch (const unreachable&) {
        return false;
    }
}

server_address wait_until_ready(child& c, const interruptions& signals) {
    const auto deadline = steady_clock::now() + ready_time_max;
    while (true) {
        if (const auto code = c.exit_code())
            throw failure_of(c, fmt::format("ended with exit code {}", *code));
        const auto address = chosen_address(c);
        if (address && is_ready(*address)) return *address;
        if (steady_clock::now() > deadline) throw failure_of(c, "is not ready");
        signals.wait({&c}, look_again);
    }
}

void require_clean_end(child& c) {
    const auto deadline = steady_clock::now() + stop_time_max;
    for (auto code = c.exit_code(); code != 0; code = c.exit_code()) {
        if (code) throw failure_of(c, fmt::format("ended with exit code {}", *code));
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
        if (left <= 0ms) throw failure_of(c, "does not end");
        c.wait(left);
    }
}

} // namespace

servers::servers(const std::string& database, const std::filesystem::path& folder,
                 const interruptions& signals)
    : bot_(server_options(door::bot, database, folder)),
      api_(server_options(door::api, database, folder)),
      bot_address_(wait_until_ready(bot_, signals)), api_address_(wait_until_ready(api_, signals)) {
}

const server_address& servers::address(door d) const {
    return d == door::bot ? bot_address_ : api_address_;
}

void servers::require_running() {
    for (auto* c : {&bot_, &api_})
        if (const auto code = c->exit_code())
            throw failure_of(*c, fmt::format("ended by itself with exit code {}", *code));
}

void servers::stop() {
    for (auto* c : {&bot_, &api_})
        c->terminate();
    for (auto* c : {&bot_, &api_})
        require_clean_end(*c);
}

} // namespace datadrop::processor::cli::demo
