#pragma once
// Who the tokens in force stand for, as far as is known now: the log watch reads them again and
// again. One thread at a time.

#include "domain/envelope.hpp"
#include "eventstore/tokens.hpp"

#include <optional>
#include <vector>

namespace datadrop::processor {

/// Who a token stands for.
struct credential {
    domain::submitter who;
    eventstore::scopes may;
};

class credentials {
  public:
    explicit credentials(std::vector<eventstore::token_record> known) : known_(std::move(known)) {}

    void replace(std::vector<eventstore::token_record> known) { known_ = std::move(known); }

    /// The credential of a token in force, by its hash, compared in constant time; nothing for any
    /// other.
    [[nodiscard]] std::optional<credential> find(const eventstore::token_hash& hash) const;

    /// Whether the token is in force and may read.
    [[nodiscard]] bool may_read(const eventstore::token_hash& hash) const;

  private:
    std::vector<eventstore::token_record> known_;
};

} // namespace datadrop::processor
