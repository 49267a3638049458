#pragma once
// The load on a running server: keep-alive connections, one request under way on each. Closed loop,
// or open at a rate: a request is due by the clock, whether or not a connection is free for it, and
// its latency counts from then. Called by the main thread, which waits; one other thread sends.

#include "processor/trials/bench/loads/load_course.hpp"
#include "processor/trials/bench/loads/load_run.hpp"

namespace datadrop::processor::trials::bench {

/// A command is `overloaded` by status 429 and `unavailable` by 503, or when its connection breaks,
/// which is then made anew. Ends with a failure in `course`: `unreachable`, no connection can be
/// made; `refused`, an answer that is none to a load's command (a wrong token, say).
void run_http_load(const load_writing& written, load_book& book, load_course& course,
                   const load_place& at);

} // namespace datadrop::processor::trials::bench
