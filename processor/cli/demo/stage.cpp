#include "processor/cli/demo/stage.hpp"

#include "eventstore/postgres/database.hpp"
#include "eventstore/postgres/session.hpp"
#include "eventstore/tokens.hpp"
#include "processor/cli/failures.hpp"
#include "processor/sql/demo.hpp"

#include <filesystem>

namespace datadrop::processor::cli::demo {
namespace {

namespace postgres = eventstore::postgres;
namespace fs = std::filesystem;

constexpr auto database_name = "datadrop_demo";

/// Beside the folder that `serve` uses, and not in it.
fs::path folder_of(const settings& told) {
    if (told.data_dir) return *told.data_dir;
    auto folder = postgres::private_cluster::default_folder();
    folder += "-demo";
    return folder;
}

/// The last word on a parameter counts, in a URL's query as among key/value pairs.
std::string with_own_database(const std::string& connection) {
    const std::string own = std::string("dbname=") + database_name;
    if (connection.find("://") == std::string::npos) return connection + " " + own;
    return connection + (connection.find('?') == std::string::npos ? "?" : "&") + own;
}

void make_afresh(const std::string& server) {
    postgres::session db({.database = server});
    db.run_script(sql::demo::drop_database);
    db.run_script(sql::demo::create_database);
}

std::string make_token(postgres::session& db, door d) {
    eventstore::scopes may;
    may.add(eventstore::scope::submit);
    const auto from = d == door::bot ? domain::source::bot : domain::source::api;
    return eventstore::create_token(db, {.name = std::string(name_of(d)), .from = from, .may = may})
        .value();
}

} // namespace

stage::stage(const settings& told, int partitions) {
    if (!told.database)
        cluster_ = std::make_unique<postgres::private_cluster>(
            postgres::private_cluster::options{.folder = folder_of(told)});
    make_afresh(cluster_ ? cluster_->database("postgres") : *told.database);
    database_ = cluster_ ? cluster_->database(database_name) : with_own_database(*told.database);
    postgres::session db({.database = database_});
    postgres::migrate(db, {.partitions = partitions});
    bot_token_ = make_token(db, door::bot);
    api_token_ = make_token(db, door::api);
}

void stage::close() {
    if (cluster_) cluster_->stop();
}

} // namespace datadrop::processor::cli::demo
