#pragma once
// The load on a running server's feed: readers with a connection each (load.hpp says what they
// read). Called by the main thread, which waits; one other thread reads.

#include "processor/cli/server_url.hpp"
#include "processor/trials/bench/loads/load_course.hpp"

#include <string>

namespace datadrop::processor::trials::bench {

/// All feeds are open before the load is ready. Throws `unreachable`, no connection can be made,
/// and `refused`, a feed is not given; ends with a failure in `course`: one that ends, or is silent
/// for a minute.
void run_feed_load(const load_spec& spec, load_book& book, load_course& course,
                   const cli::server_address& server, const std::string& token);

} // namespace datadrop::processor::trials::bench
