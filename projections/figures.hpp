#pragma once
// What an operator has to know of the read model all the time: dead letters that wait, and how far
// the projection is behind. On the caller's session. Throws as it does.

#include "eventstore/position.hpp"
#include "eventstore/postgres/driver/session.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace datadrop::projections {

/// Dead letters of one code that are parked now.
struct parked_letters {
    std::int64_t count = 0;
    domain::timestamp oldest{}; // parked_at
};

struct figures {
    std::map<std::string, parked_letters> parked{}; // by code
    std::vector<std::int64_t> lag_seconds{};        // by partition
};
figures read_figures(eventstore::postgres::session& db, int partitions);

} // namespace datadrop::projections
