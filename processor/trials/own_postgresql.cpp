#include "processor/trials/own_postgresql.hpp"

#include "eventstore/postgres/driver/session.hpp"

#include <chrono>
#include <filesystem>

namespace datadrop::processor::trials {
namespace {

namespace postgres = eventstore::postgres;
namespace fs = std::filesystem;
using postgres::private_cluster;

/// Beside the folder that `serve` uses, and not in it.
fs::path folder_of(const cli::settings& told, const std::string& suffix) {
    if (told.data_dir) return *told.data_dir;
    auto folder = private_cluster::default_folder();
    folder += suffix;
    return folder;
}

/// A database may be big, and is dropped for as long as it takes.
postgres::session::options patiently(const std::string& server) {
    return {.database = server, .statement_timeout = std::chrono::milliseconds(0)};
}

} // namespace

own_postgresql::own_postgresql(const cli::settings& told, const options& o) {
    if (told.database) {
        server_ = *told.database;
        return;
    }
    cluster_ = std::make_unique<private_cluster>(
        private_cluster::options{.folder = folder_of(told, o.folder_suffix), .settings = o.tuned});
    server_ = cluster_->database("postgres");
}

std::string own_postgresql::make_afresh(const own_database& wanted) {
    postgres::session db(patiently(server_));
    db.run_script(wanted.drop);
    db.run_script(wanted.create);
    return url(wanted.name);
}

void own_postgresql::drop(const own_database& unwanted) {
    postgres::session db(patiently(server_));
    db.run_script(unwanted.drop);
}

/// The last word on a parameter counts, in a URL's query as among key/value pairs.
std::string own_postgresql::url(const std::string& name) const {
    const std::string own = "dbname=" + name;
    if (server_.find("://") == std::string::npos) return server_ + " " + own;
    return server_ + (server_.find('?') == std::string::npos ? "?" : "&") + own;
}

std::optional<int> own_postgresql::postmaster() const {
    if (!cluster_) return std::nullopt;
    return cluster_->pid();
}

void own_postgresql::close() {
    if (cluster_) cluster_->stop();
}

} // namespace datadrop::processor::trials
