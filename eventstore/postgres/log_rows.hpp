#pragma once
// How the log's values travel to and from the statements of sql/statements: chains and parkings as
// arrays, answers and stored events as rows. Throws corrupt_event for rows that stand for nothing.
// Pure; every thread.

#include "eventstore/log.hpp"
#include "eventstore/postgres/driver/session.hpp"
#include "eventstore/settling.hpp"

#include <functional>
#include <span>
#include <vector>

namespace datadrop::eventstore::postgres {

using chain_refs = std::vector<std::reference_wrapper<const chain>>;

/// Arguments of load_heads and reserve.
params members_as_params(int partition, std::span<const domain::member_id> members);

/// Arguments of append.
params chains_as_params(int partition, const chain_refs& chains);

/// Arguments of redrive: a chain of one step that has an event and a redrive.
params redrive_as_params(int partition, const chain& redriven);

/// Arguments of find_keys: every step with an event, in order.
params written_keys_as_params(int partition, std::span<const chain> chains);

/// Arguments of park; `payloads` are the encoded CommandParked events.
params parkings_as_params(int partition, std::span<const parking> commands,
                          std::span<const std::vector<std::uint8_t>> payloads);

/// Arguments of remediate.
struct remediation_row {
    dead_letter_id id{};
    domain::dead_letter_event what;
    domain::dead_letter_status after{};
    domain::submitter by;
    std::optional<std::string> reason{};
};
params remediation_as_params(const remediation_row& row);

/// Four columns from `column` on.
head head_in(const rows& answer, std::size_t row, int column);

/// Eight columns from `column` on; nothing for nulls.
std::optional<key_holder> key_holder_in(const rows& answer, std::size_t row, int column);

/// The row of find_keys: what a step that was found to be written may be recognised by.
std::optional<written_event> written_event_in(const rows& answer, std::size_t row);

/// Rows of append or redrive, the fate of chain number n at n - 1.
std::vector<chain_fate> fates_in(const rows& answer, const chain_refs& chains);

/// Rows of the statements that read.
stored_event stored_event_in(const rows& answer, std::size_t row);

} // namespace datadrop::eventstore::postgres
