#pragma once
// Who the tokens in force stand for, as far as is known now: the log watch reads them again and
// again, and the database says which are past their end. One thread at a time.

#include "domain/envelope.hpp"
#include "eventstore/tokens.hpp"

#include <cstdint>
#include <vector>

namespace datadrop::processor {

/// Who a token stands for.
struct credential {
    domain::submitter who;
    eventstore::scopes may;
};

enum class token_standing : std::uint8_t {
    unknown,
    revoked,
    expired, // past its end, that of a rotation too
    in_force,
};

/// Whose token was shown, and what it is worth.
struct sign_in {
    token_standing standing = token_standing::unknown;
    credential of{}; // empty for an unknown one
};

class credentials {
  public:
    explicit credentials(std::vector<eventstore::token_record> known) : known_(std::move(known)) {}

    void replace(std::vector<eventstore::token_record> known) { known_ = std::move(known); }

    /// By the token's hash, compared in constant time.
    [[nodiscard]] sign_in find(const eventstore::token_hash& hash) const;

    /// Whether the token is in force and may read.
    [[nodiscard]] bool may_read(const eventstore::token_hash& hash) const;

  private:
    std::vector<eventstore::token_record> known_;
};

} // namespace datadrop::processor
