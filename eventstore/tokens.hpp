#pragma once
// Credentials of the front doors. The database keeps the SHA-256 of a token and nothing that
// could be turned back into one; a token is 32 random bytes, so its hash needs no salt.
// Values; the functions block on their session's thread.

#include "domain/ids.hpp"
#include "domain/vocabulary.hpp"
#include "eventstore/postgres/driver/session.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace datadrop::eventstore {

enum class scope : std::uint8_t { submit, read, operate };

constexpr std::string_view name_of(scope value) {
    switch (value) {
    case scope::submit:
        return "submit";
    case scope::read:
        return "read";
    case scope::operate:
        return "operate";
    }
    return {};
}

/// Which of the scopes a token has: scope n is bit n of what a row holds.
class scopes {
  public:
    constexpr scopes() = default;
    constexpr explicit scopes(unsigned bits) : bits_(bits) {}
    constexpr bool has(scope s) const { return (bits_ & bit(s)) != 0; }
    constexpr void add(scope s) { bits_ |= bit(s); }
    constexpr unsigned bits() const { return bits_; }
    bool operator==(const scopes&) const = default;

    /// Of all scopes.
    static constexpr unsigned bits_max = ~(~0u << domain::count_of<scope>);

  private:
    static constexpr unsigned bit(scope s) { return 1u << static_cast<unsigned>(s); }
    unsigned bits_ = 0;
};

/// "submit,read" in any order, each once; nothing for an unknown, doubled or missing scope.
std::optional<scopes> parse_scopes(std::string_view text);
std::string to_text(scopes s); // "submit,read,operate"

using token_hash = std::array<std::uint8_t, 32>;

/// SHA-256.
token_hash hash_token(std::string_view token);

/// One secret of a token. Of those with the same name the last is the token's, and the others were
/// replaced by it.
struct token_record {
    std::string name;
    domain::source from{};
    scopes may;
    token_hash hash{};
    domain::timestamp created_at{};
    std::optional<domain::timestamp> expires_at{};
    std::optional<domain::timestamp> replaced_at{};
    std::optional<domain::timestamp> revoked_at{};
    std::optional<domain::timestamp> last_used_at{}; // to the minute
    bool is_past_end = false;                        // when it was read, by the database's clock
};

struct new_token {
    std::string name; // 1–64 of A–Z a–z 0–9 . _ -
    domain::source from{};
    scopes may;
    std::optional<std::chrono::seconds> lasts{}; // without: until it is revoked
};

struct rotation {
    std::string name;
    std::chrono::seconds overlap{};              // until the secret before ends
    std::optional<std::chrono::seconds> lasts{}; // without: as long as the one before was given
};

bool is_token_name(std::string_view name);

/// The token, shown this once; nothing when the name is taken (also by a revoked token: the audit
/// trail names it).
[[nodiscard]] std::optional<std::string> create_token(postgres::session& db,
                                                      const new_token& wanted);

/// A new secret of the token, shown this once; nothing when there is no token of the name, or a
/// revoked one. One past its end is in force again.
[[nodiscard]] std::optional<std::string> rotate_token(postgres::session& db,
                                                      const rotation& wanted);

/// All secrets of the name. False when no token of the name is left to revoke.
[[nodiscard]] bool revoke_token(postgres::session& db, std::string_view name);

/// All tokens ever made, by name and age; secrets that were replaced for a month behind their end.
std::vector<token_record> list_tokens(postgres::session& db);

/// They were used just now; what is unknown among them is passed over.
void note_tokens_used(postgres::session& db, std::span<const token_hash> used);

} // namespace datadrop::eventstore
