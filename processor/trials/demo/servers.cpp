#include "processor/trials/demo/servers.hpp"

#include <fmt/format.h>

namespace datadrop::processor::trials::demo {
namespace {

server_options options_of(door d, const std::string& database,
                          const std::filesystem::path& folder) {
    return {.name = fmt::format("{} server", name_of(d)),
            .database = database,
            .log = folder / fmt::format("{}-server.log", name_of(d))};
}

} // namespace

servers::servers(const std::string& database, const std::filesystem::path& folder,
                 const interruptions& signals)
    : bot_(options_of(door::bot, database, folder)), api_(options_of(door::api, database, folder)) {
    bot_.wait_until_ready(signals);
    api_.wait_until_ready(signals);
}

void servers::require_running() {
    bot_.require_running();
    api_.require_running();
}

void servers::stop() {
    bot_.terminate();
    api_.terminate();
    bot_.wait_for_end();
    api_.wait_for_end();
}

} // namespace datadrop::processor::trials::demo
