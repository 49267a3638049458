#pragma once
// The folder of a private cluster, the user that its server runs as, and its one owner:
// FOLDER/owner.lock   flock of the owner; holds its process id
// FOLDER/data         PGDATA; FOLDER/data.new while initdb is at work
// FOLDER/run          the socket
// FOLDER/log          what the server says
// Every thread; blocks; all of it throws cluster_failure, with the system's reason.

#include "eventstore/postgres/cluster/descriptor.hpp"
#include "eventstore/postgres/cluster/installation.hpp"
#include "eventstore/postgres/cluster/subprocess.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace datadrop::eventstore::postgres {

/// As the server's user: `postgres`, whom Debian's package makes for it, when we are root, and
/// ourselves otherwise.
tool_result run_as_server(std::vector<std::string> arguments);

/// Refuses a path over 107 bytes with its socket, and one with a character that a configuration
/// file, pg_ctl's command line or a connection string would misread.
void require_usable_path(const std::filesystem::path& folder);

/// Makes the folder and its `run`, 0700 and the server's. One with something else in it is not
/// taken: taking it changes its owner and its rights.
void make_home(const std::filesystem::path& folder);

/// Over a file of the server's user, which keeps it; root follows no link that user may have laid.
void write_file(const std::filesystem::path& path, const std::string& text);

/// Makes a rename in the folder last: were it lost with the power, the cluster would be, too.
void sync_folder(const std::filesystem::path& folder);

/// The whole file; empty when there is none, and cut where it cannot be read any further, as that
/// of a process which ends meanwhile.
std::string text_of(const std::filesystem::path& file);

/// The folder's one owner, for as long as it lives. Another is refused, and told who it is.
class owner_lock {
  public:
    explicit owner_lock(const std::filesystem::path& folder);

  private:
    descriptor file_;
};

} // namespace datadrop::eventstore::postgres
