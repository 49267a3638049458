#pragma once
// Who is asking, by the Authorization header, and whether they may (RFC 6750). One thread.

#include "eventstore/tokens.hpp"
#include "processor/http/message.hpp"
#include "processor/http/router.hpp"
#include "processor/http/sign_in_watch.hpp"
#include "processor/service/service.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace datadrop::processor::http {

/// The token of "Bearer TOKEN"; nothing for another scheme or no token.
std::optional<std::string_view> bearer_token(std::string_view authorization);

/// The hash of the token that a connection showed last: clients show the same one each time. What
/// it stands for is asked anew with every request.
class shown_token {
  public:
    const eventstore::token_hash& hash_of(std::string_view token);

  private:
    std::string text_{};
    eventstore::token_hash hash_{};
};

/// What to answer to who may not, and of a sign-in that failed how it did and the name of the
/// token, where it is known.
struct not_authorized {
    response answer;
    std::optional<sign_in_failure> how{};
    std::string token{};
};

/// The credential behind the header, when it may do what the route does, or the 401 or 403 to
/// answer with. Throws eventstore::unavailable.
boost::asio::awaitable<std::variant<credential, not_authorized>>
authorize(service& behind, std::string_view authorization, const route& to, shown_token& seen);

} // namespace datadrop::processor::http
