#include "processor/cli/database_access.hpp"

#include "eventstore/postgres/cluster/private_cluster.hpp"
#include "eventstore/postgres/driver/pooler.hpp"
#include "processor/cli/failures.hpp"

namespace datadrop::processor::cli {

using eventstore::postgres::private_cluster;

std::filesystem::path data_folder(const settings& told) {
    return told.data_dir ? *told.data_dir : private_cluster::default_folder();
}

std::string database_of(const settings& told) {
    if (told.database) return *told.database;
    try {
        return private_cluster::find(data_folder(told));
    } catch (const eventstore::postgres::cluster_failure& e) {
        throw unreachable(e.what());
    }
}

eventstore::postgres::session::options session_options(const settings& told) {
    const eventstore::postgres::session::options o{
        .database = database_of(told), .statement_timeout = std::chrono::milliseconds(0)};
    eventstore::postgres::require_own_sessions(o);
    return o;
}

} // namespace datadrop::processor::cli
