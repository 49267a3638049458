#pragma once
// The body of POST /v1/commands, decoded and checked. A value; one thread.

#include "processor/http/problem.hpp"
#include "processor/service/service.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace datadrop::processor::http {

enum class batch_form { single, array };

/// What is no command: why, and what names it, as far as that could be read.
struct refused_command {
    problem why;
    std::optional<std::int64_t> guild_id{};
    std::optional<std::int64_t> user_id{};
    std::optional<std::string> idempotency_key{};
    bool operator==(const refused_command&) const = default;
};

/// A command to submit, or why there is none.
using decoded_command = boost::system::result<command_ptr, refused_command>;

struct decoded_batch {
    batch_form form{};
    std::vector<decoded_command> items; // one for a single, 1 … array_items_max of an array
};

/// Who submits, by the credential, and the key of the addresses' fingerprints.
struct command_context {
    const domain::submitter& by;
    const eventstore::fingerprint_key& key;
};

} // namespace datadrop::processor::http
