#pragma once
// The body of POST /v1/commands, decoded and judged. A value; one thread.

#include "processor/http/problem.hpp"
#include "processor/service/service.hpp"

#include <vector>

namespace datadrop::processor::http {

enum class batch_form { single, array };

/// A command to submit, or why there is none.
using decoded_command = checked<command_ptr>;

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
