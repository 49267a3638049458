#pragma once
// The system's limit of open files, which connections are. For the start of a server; one thread.

#include "processor/http/connections.hpp"

#include <cstddef>

namespace datadrop::processor::http {

/// Raises the process' soft limit to what `wanted` connections and the spare ones need beside
/// `others`, as far as the hard limit allows. The places that there is room for now; no ordinary
/// one when those are fewer than connections_min.
[[nodiscard]] connections::places places_for(std::size_t wanted, std::size_t others);

/// The same for a limit.
connections::places places_within(std::size_t open_files, std::size_t wanted, std::size_t others);

} // namespace datadrop::processor::http
