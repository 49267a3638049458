#pragma once
// What an operator may set of a running server, with the defaults that serve most. A value.

#include "processor/core/limits.hpp"

#include <cstddef>
#include <string>

namespace datadrop::processor {

struct service_settings {
    std::string database;                // libpq URL or key/value string
    int writers = 2;                     // connections that append; the server's cores serve best
    int readers = 2;                     // connections that answer reads and feeds
    std::size_t queue_limit = 20'000;    // commands admitted and not yet answered
    std::size_t cache_members = 250'000; // heads kept in memory
    int sentinel_rate = 2;               // members a second that are folded afresh; 0 = none
    budget tries{};
    backoff waits{};

    /// Connections to the database that a server holds as long as it runs: a reader has one for the
    /// log and one for the read model, and projectors and log watch have one each.
    int connections() const { return writers + 2 * readers + 2; }
};

} // namespace datadrop::processor
