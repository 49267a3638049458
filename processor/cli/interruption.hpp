#pragma once
// Ctrl-C, or SIGTERM, for work that has something to tidy up: the first is noted, for the work to
// see and to end by itself; a second one ends the program at once. One thread.

namespace datadrop::processor::cli {

/// From now on.
void note_interruptions();
bool interrupted();

} // namespace datadrop::processor::cli
