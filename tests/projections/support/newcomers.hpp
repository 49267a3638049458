#pragma once
// A log of members who have joined, one event each, written past the log's own way in: many at
// once, whoever they are.

#include "eventstore/postgres/driver/session.hpp"

#include <cstdint>

namespace datadrop::test {

/// Behind a sequence of partition 0, up to and including another.
void add_newcomers(eventstore::postgres::session& db, std::int64_t after, std::int64_t end);

} // namespace datadrop::test
