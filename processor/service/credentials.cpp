#include "processor/service/credentials.hpp"

#include <openssl/crypto.h>

namespace datadrop::processor {
namespace {

token_standing standing_of(const eventstore::token_record& token) {
    if (token.revoked_at) return token_standing::revoked;
    return token.is_past_end ? token_standing::expired : token_standing::in_force;
}

} // namespace

/// Every token is compared to its end, so that the time it takes tells nothing of any hash.
sign_in credentials::find(const eventstore::token_hash& hash) const {
    const eventstore::token_record* found = nullptr;
    for (const auto& token : known_)
        if (CRYPTO_memcmp(token.hash.data(), hash.data(), hash.size()) == 0) found = &token;
    if (found == nullptr) return {};
    return {standing_of(*found), {{found->from, found->name}, found->may}};
}

bool credentials::may_read(const eventstore::token_hash& hash) const {
    const auto known = find(hash);
    return known.standing == token_standing::in_force && known.of.may.has(eventstore::scope::read);
}

} // namespace datadrop::processor
