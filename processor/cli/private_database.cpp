#include "processor/cli/private_database.hpp"

#include "eventstore/postgres/database.hpp"
#include "eventstore/postgres/driver/session.hpp"

#include <pthread.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <exception>

namespace datadrop::processor::cli {
namespace {

namespace postgres = eventstore::postgres;

constexpr auto look_interval = std::chrono::milliseconds(500);
constexpr auto pause_max = std::chrono::milliseconds(8000); // between starts that fail

std::string migrated(postgres::private_cluster& cluster, std::optional<int> partitions) {
    cluster.create_database();
    auto url = cluster.database();
    postgres::session db({.database = url});
    postgres::migrate(db, {.partitions = partitions});
    return url;
}

} // namespace

private_database::private_database(const std::filesystem::path& folder,
                                   std::optional<int> partitions)
    : cluster_({.folder = folder}), url_(migrated(cluster_, partitions)),
      watch_([this](const std::stop_token& stopping) { watch(stopping); }) {}

void private_database::stop() {
    watch_.request_stop();
    watch_.join();
    cluster_.stop();
}

void private_database::watch(const std::stop_token& stopping) {
    pthread_setname_np(pthread_self(), "postgres watch");
    std::unique_lock lock(mutex_);
    auto pause = look_interval;
    while (!stopped_.wait_for(lock, stopping, pause, [&] { return stopping.stop_requested(); })) {
        const bool well = cluster_.runs() || start_again();
        pause = well ? look_interval : std::min(2 * pause, pause_max);
    }
}

bool private_database::start_again() {
    spdlog::warn("the private PostgreSQL has ended: starting it again");
    try {
        cluster_.restart();
        ++restarts_;
        spdlog::info("the private PostgreSQL runs again");
        return true;
    } catch (const std::exception& e) {
        spdlog::error("{}", e.what());
        return false;
    }
}

} // namespace datadrop::processor::cli
