#pragma once
// What the log's statements are given: members, chains and parkings as the arguments of
// sql/statements. For postgres_log. Pure; every thread.

#include "eventstore/log.hpp"
#include "eventstore/postgres/driver/params.hpp"

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace datadrop::eventstore::postgres {

using chain_refs = std::vector<std::reference_wrapper<const chain>>;

/// Arguments of load_heads and reserve.
params members_as_params(partition_number partition, std::span<const domain::member_id> members);

/// The types of the records among them.
inline constexpr std::array<std::string_view, 2> append_record_types{"datadrop.append_chain",
                                                                     "datadrop.append_step"};

/// Arguments of append.
params chains_as_params(partition_number partition, const chain_refs& chains,
                        const std::optional<expectation>& expected = {});

/// Arguments of redrive: a chain of one step that has an event and a redrive.
params redrive_as_params(partition_number partition, const chain& redriven);

/// Arguments of find_keys: every step with an event, in order.
params written_keys_as_params(partition_number partition, std::span<const chain> chains);

/// Arguments of park; `payloads` are the encoded CommandParked events.
params parkings_as_params(partition_number partition, std::span<const parking> commands,
                          std::span<const std::vector<std::uint8_t>> payloads);

/// Arguments of remediate, for a dead letter that is parked.
struct remediation_row {
    letter_seen letter;
    domain::dead_letter_event what;
    domain::submitter by;
    std::optional<std::string> reason{};
};
params remediation_as_params(const remediation_row& row);

/// Arguments of scan_events.
params scan_as_params(partition_number partition, global_position from, const event_filter& wanted,
                      std::size_t limit);

} // namespace datadrop::eventstore::postgres
