#pragma once
// The demo's two client processes, from outside: started, watched, and ended. One thread; calls
// block.

#include "processor/cli/command.hpp"
#include "processor/trials/demo/demo_stage.hpp"
#include "processor/trials/demo/servers.hpp"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace datadrop::processor::trials::demo {

struct workload {
    int commands = 0; // at least, of both together
    int members = 0;
    std::uint64_t seed = 0;
};

/// Returns the journals once both clients have sent all and have their answers; shows progress
/// meanwhile. Throws `refused` when a client or a server fails; `interrupted`.
std::vector<std::filesystem::path> run_clients(const workload& asked, const demo_stage& there,
                                               servers& doors, const std::filesystem::path& folder,
                                               const interruptions& signals);

/// The command that a client process runs; no help lists it.
void add_client(CLI::App& program, cli::invocation& line);

} // namespace datadrop::processor::trials::demo
