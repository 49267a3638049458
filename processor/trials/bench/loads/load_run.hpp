#pragma once
// A whole load, of whatever kind: from the members' versions to the file of answers. Called by the
// main thread; blocks.

#include "processor/cli/server_url.hpp"
#include "processor/service/service_settings.hpp"
#include "processor/trials/bench/loads/load.hpp"

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

namespace datadrop::processor::trials::bench {

/// Where a load works; all but the first is for HTTP.
struct load_place {
    service_settings service; // with the database
    cli::server_url server;
    std::string token;
    std::optional<std::filesystem::path> ca_file{}; // of a server in TLS
};

/// Waits for "go" on `in` and says where it is on `out`. Throws `refused`: anything but "go", an
/// answer that no load can get, a file of answers that cannot be written; `unreachable`;
/// eventstore::unavailable, connection_lost, schema_failure.
load_report run_load(const load_spec& spec, const load_place& at, std::istream& in,
                     std::ostream& out);

} // namespace datadrop::processor::trials::bench
