#pragma once
// Dead letters of the read model, by filters: pages of them and how many there are. For read_model,
// on the caller's session. Throws connection_lost, statement_refused.

#include "eventstore/postgres/driver/params.hpp"
#include "projections/read_model.hpp"

namespace datadrop::projections {

/// Arguments of list_dead_letters.sql and its kin: the partition, the id to go on behind, the
/// filters.
eventstore::postgres::params filter_values(eventstore::partition_number partition,
                                           eventstore::dead_letter_id after,
                                           const dead_letter_filter& of);

std::vector<boost::json::object> read_letters(eventstore::postgres::session& db, int partitions,
                                              const dead_letter_query& query);

std::map<std::string, dead_letter_count>
count_letters(eventstore::postgres::session& db, int partitions, const dead_letter_filter& of);

} // namespace datadrop::projections
