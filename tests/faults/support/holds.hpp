#pragma once
// What keeps others from a database for as long as it lives. One thread; throws what a session
// throws.

#include "eventstore/postgres/driver/session.hpp"

#include <memory>
#include <string>
#include <vector>

namespace datadrop::test {

/// Nobody can write to partition 0.
class held_tail {
  public:
    explicit held_tail(const std::string& database);

  private:
    std::unique_ptr<eventstore::postgres::session> db_;
};

/// As many connections as the server still gives.
class held_connections {
  public:
    explicit held_connections(const std::string& database);

  private:
    std::vector<std::unique_ptr<eventstore::postgres::session>> taken_;
};

/// The process id of a processor's backend, of those in the database for which the SQL condition
/// `which` on pg_stat_activity `a` holds; 0 when there is none.
int a_backend(eventstore::postgres::session& db, const std::string& which);

/// What sessions of tests call themselves, so as not to be taken for a processor's.
inline constexpr auto test_session = "test";

} // namespace datadrop::test
