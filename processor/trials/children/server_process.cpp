#include "processor/trials/children/server_process.hpp"

#include "processor/cli/http_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>

namespace datadrop::processor::trials {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto ready_time_max = 30s;
constexpr auto stop_time_max = 30s;
constexpr auto look_again = 20ms;
constexpr std::size_t log_bytes_shown = 2000;

child_options as_child(const server_options& o) {
    child_options made{.name = o.name,
                       .arguments = {"serve", "--listen", "127.0.0.1:0"},
                       // It may hold a password, which everybody could read among the arguments.
                       .environment = {{"DATADROP_DATABASE", o.database}},
                       .log = o.log};
    std::ranges::copy(o.more_arguments, std::back_inserter(made.arguments));
    return made;
}

/// Port 0 makes the server choose, and say so.
std::optional<cli::server_url> chosen_url(const child& c) {
    constexpr std::string_view words = "listening on ";
    const auto log = c.log();
    const auto found = log.find(words);
    const auto end = found == std::string::npos ? found : log.find('\n', found);
    if (end == std::string::npos) return std::nullopt;
    const auto begin = found + words.size();
    return cli::parse_server_url(std::string_view(log).substr(begin, end - begin));
}

bool is_ready(const cli::server_url& url, const std::optional<std::filesystem::path>& ca_file) {
    try {
        return cli::http_client(url, {}, ca_file).get("/readyz").ok();
    } catch (const cli::unreachable&) {
        return false;
    }
}

} // namespace

cli::refused failure_of(const child& c, const std::string& what) {
    const auto log = c.log();
    return cli::refused(
        fmt::format("the {} {}; its log ends with:\n{}", c.name(), what,
                    log.substr(log.size() - std::min(log.size(), log_bytes_shown))));
}

server_process::server_process(const server_options& o)
    : child_(as_child(o)), ca_file_(o.ca_file) {}

void server_process::wait_until_ready(const interruptions& signals) {
    const auto deadline = steady_clock::now() + ready_time_max;
    while (true) {
        if (const auto code = child_.exit_code())
            throw failure_of(child_, fmt::format("ended with exit code {}", *code));
        if (const auto chosen = chosen_url(child_); chosen && is_ready(*chosen, ca_file_)) {
            url_ = *chosen;
            return;
        }
        if (steady_clock::now() > deadline) throw failure_of(child_, "is not ready");
        signals.wait({&child_}, look_again);
    }
}

void server_process::require_running() {
    if (const auto code = child_.exit_code())
        throw failure_of(child_, fmt::format("ended by itself with exit code {}", *code));
}

void server_process::wait_for_end() {
    const auto deadline = steady_clock::now() + stop_time_max;
    for (auto code = child_.exit_code(); code != 0; code = child_.exit_code()) {
        if (code) throw failure_of(child_, fmt::format("ended with exit code {}", *code));
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
        if (left <= 0ms) throw failure_of(child_, "does not end");
        child_.wait(left);
    }
}

} // namespace datadrop::processor::trials
