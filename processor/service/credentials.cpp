#include "processor/service/credentials.hpp"

#include <openssl/crypto.h>

namespace datadrop::processor {
namespace {

bool is_in_force(const eventstore::token_record& t) { return !t.revoked_at; }

} // namespace

/// Every token is compared to its end, so that the time it takes tells nothing of any hash.
std::optional<credential> credentials::find(const eventstore::token_hash& hash) const {
    std::optional<credential> found;
    for (const auto& t : known_)
        if (CRYPTO_memcmp(t.hash.data(), hash.data(), hash.size()) == 0 && is_in_force(t))
            found = credential{{t.from, t.name}, t.may};
    return found;
}

bool credentials::may_read(const eventstore::token_hash& hash) const {
    const auto known = find(hash);
    return known && known->may.has(eventstore::scope::read);
}

} // namespace datadrop::processor
