#pragma once
// The yardstick: what the same commands cost without this product, one guarded statement each, on
// up to 32 connections with a thread each. The client keeps where it last saw each member; who lost
// a race reads the member afresh and tries again, five attempts in all with datadrop's own waits
// between them, and parks what is left. Called by the main thread.

#include "eventstore/writes.hpp"
#include "processor/trials/bench/loads/load_course.hpp"

#include <string>
#include <vector>

namespace datadrop::processor::trials::bench {

/// Where the load's members stand, made if they are not there. Throws connection_lost.
std::vector<eventstore::head> prepare_guarded(const load_spec& spec, const std::string& database);

member_versions versions_of(const std::vector<eventstore::head>& heads);

/// Throws connection_lost, and as load_course::get_ready.
void run_guarded_load(const load_writing& written, load_book& book, load_course& course,
                      const std::string& database, std::vector<eventstore::head> heads);

} // namespace datadrop::processor::trials::bench
