#include "eventstore/tokens.hpp"

#include "eventstore/postgres/driver/transaction.hpp"
#include "eventstore/sql/statements.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <stdexcept>

namespace datadrop::eventstore {
namespace {

/// 43 characters of the URL-safe base64 alphabet (RFC 4648, 5), without padding.
std::string random_token() {
    std::array<unsigned char, 32> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
        throw std::runtime_error("the system gives no random bytes");
    std::array<unsigned char, 45> digits{}; // 43, a padding and a NUL
    EVP_EncodeBlock(digits.data(), bytes.data(), static_cast<int>(bytes.size()));
    std::string token(digits.begin(), digits.begin() + 43);
    std::replace(token.begin(), token.end(), '+', '-');
    std::replace(token.begin(), token.end(), '/', '_');
    return token;
}

/// Of list_tokens.sql.
enum class token_column {
    name,
    source,
    scopes,
    hash,
    created_at,
    expires_at,
    replaced_at,
    revoked_at,
    last_used_at,
    is_past_end
};

token_record token_in(const postgres::rows& answer, std::size_t row) {
    const auto from = domain::from_number<domain::source>(answer.number(row, token_column::source));
    const auto bits = answer.number(row, token_column::scopes);
    const auto hash = answer.bytes(row, token_column::hash);
    // Credentials are not for guessing: what this program did not write gives nobody a right.
    token_hash read{};
    if (!from || bits < 1 || bits > scopes::bits_max || hash.size() != read.size())
        throw postgres::unexpected_value("what the database holds of a token stands for nothing");
    std::copy_n(hash.begin(), read.size(), read.begin());
    return {.name = std::string(answer.text(row, token_column::name)),
            .from = *from,
            .may = scopes(static_cast<unsigned>(bits)),
            .hash = read,
            .created_at = answer.time(row, token_column::created_at),
            .expires_at = answer.maybe_time(row, token_column::expires_at),
            .replaced_at = answer.maybe_time(row, token_column::replaced_at),
            .revoked_at = answer.maybe_time(row, token_column::revoked_at),
            .last_used_at = answer.maybe_time(row, token_column::last_used_at),
            .is_past_end = answer.flag(row, token_column::is_past_end)};
}

void add_seconds(postgres::params& to, std::optional<std::chrono::seconds> time) {
    if (time)
        to.add(std::int64_t{time->count()});
    else
        to.add_null();
}

} // namespace

std::optional<scopes> parse_scopes(std::string_view text) {
    scopes parsed;
    // An operator types it: what is doubled or misspelt is likelier a mistake than meant.
    while (true) {
        const auto comma = text.find(',');
        const auto one = domain::parse<scope>(text.substr(0, comma));
        if (!one || parsed.has(*one)) return std::nullopt;
        parsed.add(*one);
        if (comma == std::string_view::npos) return parsed;
        text.remove_prefix(comma + 1);
    }
}

std::string to_text(scopes s) {
    std::string text;
    for (std::size_t i = 0; i < domain::count_of<scope>; ++i) {
        const auto one = static_cast<scope>(i);
        if (!s.has(one)) continue;
        if (!text.empty()) text += ',';
        text += name_of(one);
    }
    return text;
}

token_hash hash_token(std::string_view token) {
    token_hash hash{};
    // Fast on purpose: a token has 256 bits of chance, so nothing is won by making guesses slow.
    unsigned length = 0;
    if (EVP_Digest(token.data(), token.size(), hash.data(), &length, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("SHA-256 is not available");
    return hash;
}

bool is_token_name(std::string_view name) {
    constexpr std::string_view allowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    return !name.empty() && name.size() <= 64 &&
           name.find_first_not_of(allowed) == std::string_view::npos;
}

std::optional<std::string> create_token(postgres::session& db, const new_token& wanted) {
    auto token = random_token();
    postgres::params values;
    values.add(wanted.name)
        .add(domain::number_of(wanted.from))
        .add(static_cast<std::int64_t>(wanted.may.bits()))
        .add_bytes(hash_token(token));
    add_seconds(values, wanted.lasts);
    // A transaction even for one statement: who was shown a token must find it after a crash, also
    // where the database is set to let commits go ahead of the disk.
    postgres::transaction durable(db);
    if (db.run(sql::statements::create_token, values).size() == 0) return std::nullopt;
    durable.commit();
    return token;
}

std::optional<std::string> rotate_token(postgres::session& db, const rotation& wanted) {
    auto token = random_token();
    postgres::params values;
    values.add(wanted.name);
    add_seconds(values, wanted.overlap);
    values.add_bytes(hash_token(token));
    add_seconds(values, wanted.lasts);
    postgres::transaction durable(db);
    if (db.run(sql::statements::rotate_token, values).size() == 0) return std::nullopt;
    db.run(sql::statements::forget_replaced_secrets, postgres::params{}.add(wanted.name));
    durable.commit();
    return token;
}

bool revoke_token(postgres::session& db, std::string_view name) {
    postgres::transaction durable(db);
    const auto revoked = db.run(sql::statements::revoke_token, postgres::params{}.add(name));
    durable.commit();
    return revoked.size() > 0;
}

std::vector<token_record> list_tokens(postgres::session& db) {
    const auto answer = db.run(sql::statements::list_tokens);
    std::vector<token_record> tokens;
    for (std::size_t row = 0; row < answer.size(); ++row)
        tokens.push_back(token_in(answer, row));
    return tokens;
}

void note_tokens_used(postgres::session& db, std::span<const token_hash> used) {
    postgres::array hashes;
    for (const auto& hash : used)
        hashes.add_bytes(hash);
    db.run(sql::statements::note_tokens_used,
           postgres::params{}.add_literal(std::move(hashes).text()));
}

} // namespace datadrop::eventstore
