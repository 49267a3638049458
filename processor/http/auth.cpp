#include "processor/http/auth.hpp"

#include "processor/http/problem.hpp"

#include <boost/beast/core/string.hpp>
#include <fmt/format.h>
#include <openssl/crypto.h>

#include <string>
#include <utility>

namespace datadrop::processor::http {

namespace {

/// With the challenge that RFC 6750 wants beside the status, which tools read instead of the body.
response refused(const problem& what, std::string_view challenge) {
    auto answer = to_response(what);
    answer.set(field::www_authenticate, challenge);
    return answer;
}

not_authorized token_missing() {
    return {refused({problem_code::unauthenticated, "send Authorization: Bearer TOKEN"},
                    "Bearer realm=\"datadrop\""),
            sign_in_failure::missing};
}

/// One answer for both, so that nobody learns which tokens there were.
response token_unknown() {
    return refused({problem_code::unauthenticated, "the token is unknown or revoked"},
                   "Bearer realm=\"datadrop\", error=\"invalid_token\"");
}

/// That it was in force once is known to nobody but who shows it.
response token_expired(const std::string& name) {
    return refused({problem_code::token_expired,
                    fmt::format("the secret of the token \"{0}\" that was shown is past its end; "
                                "`datadrop token rotate --name {0}` makes another",
                                name)},
                   "Bearer realm=\"datadrop\", error=\"invalid_token\", "
                   "error_description=\"the token expired\"");
}

not_authorized token_refused(const sign_in& found) {
    const auto& name = found.of.who.name;
    switch (found.standing) {
    case token_standing::expired:
        return {token_expired(name), sign_in_failure::expired, name};
    case token_standing::revoked:
        return {token_unknown(), sign_in_failure::revoked, name};
    case token_standing::unknown:
    case token_standing::in_force:
        break;
    }
    return {token_unknown(), sign_in_failure::unknown};
}

response scope_missing(eventstore::scope needed) {
    eventstore::scopes one;
    one.add(needed);
    const auto name = to_text(one);
    return refused({problem_code::forbidden, fmt::format("the token lacks the scope {}", name)},
                   fmt::format("Bearer realm=\"datadrop\", error=\"insufficient_scope\", "
                               "scope=\"{}\"",
                               name));
}

/// Tokens of programs had the scope once, and go on looking.
response no_person(const domain::submitter& who) {
    return refused({problem_code::operator_needed,
                    fmt::format("the token \"{}\" is of source {}, and what operators do is done "
                                "under the name of a person: `datadrop token create --source "
                                "operator --scopes read,operate` makes a token for one",
                                who.name, name_of(who.from))},
                   "Bearer realm=\"datadrop\", error=\"insufficient_scope\"");
}

} // namespace

std::optional<std::string_view> bearer_token(std::string_view authorization) {
    constexpr std::string_view scheme = "Bearer ";
    // The scheme's name is of any case (RFC 9110, 11.1), a token's letters are its own.
    if (!boost::beast::iequals(authorization.substr(0, scheme.size()), scheme)) return std::nullopt;
    authorization.remove_prefix(scheme.size());
    if (authorization.empty()) return std::nullopt;
    return authorization;
}

const eventstore::token_hash& shown_token::hash_of(std::string_view token) {
    // In constant time, as every comparison of a secret: how far two agree is not to be measured.
    const bool same = text_.size() == token.size() &&
                      CRYPTO_memcmp(text_.data(), token.data(), token.size()) == 0;
    if (!same) {
        hash_ = eventstore::hash_token(token);
        text_ = token;
    }
    return hash_;
}

boost::asio::awaitable<std::variant<credential, not_authorized>>
authorize(service& behind, std::string_view authorization, const route& to, shown_token& seen) {
    const auto token = bearer_token(authorization);
    if (!token) co_return token_missing();
    // By its hash: the token itself goes no further than this.
    auto found = co_await behind.authenticate(seen.hash_of(*token));
    if (found.standing != token_standing::in_force) co_return token_refused(found);
    const auto needed = to.needs.value();
    if (!found.of.may.has(needed)) co_return not_authorized{scope_missing(needed)};
    const bool is_person = found.of.who.from == domain::source::operator_;
    if (asks_for_person(to) && !is_person) co_return not_authorized{no_person(found.of.who)};
    co_return std::move(found.of);
}

} // namespace datadrop::processor::http
