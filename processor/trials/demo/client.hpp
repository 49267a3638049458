#pragma once
// One of the demo's two clients, a process of its own: sends what its script says through the real
// front doors, tens of requests at a time, and notes every command with its outcome in a journal.
// As a well-behaved client it comes again with the same keys after a 429 or 503, when it is told
// to.

#include "processor/cli/server_url.hpp"
#include "processor/trials/demo/script.hpp"

#include <filesystem>
#include <string>

namespace datadrop::processor::trials::demo {

struct client_options {
    cli::server_url own;
    cli::server_url other;
    std::string token;
    script_options what;
    std::filesystem::path journal;
};

/// Returns when every command has its outcome. The journal has a JSON object a command and line:
/// door, sent_at and latency (microseconds), command, outcome. Throws `unreachable` when a server
/// is gone, or goes on for half a minute to answer 429 or 503; `refused` when the journal cannot be
/// written.
void run_client(const client_options& o);

} // namespace datadrop::processor::trials::demo
