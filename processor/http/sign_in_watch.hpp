#pragma once
// Sign-ins that fail, by the network that they come from: their answers are held back when they are
// many, each network's apart, and the log is told. Who shows a token in force is never held up by
// what others from the same network do, since a proxy in front makes one of all. Pure, the time is
// an input; what it keeps does not grow. One thread.

#include "domain/enum_names.hpp"
#include "processor/service/rate_bucket.hpp"

#include <boost/asio/ip/address.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace datadrop::processor::http {

enum class sign_in_failure : std::uint8_t {
    missing, // no token was shown: nobody tried anything
    unknown,
    revoked,
    expired,
};

constexpr std::string_view name_of(sign_in_failure value) {
    switch (value) {
    case sign_in_failure::missing:
        return "missing";
    case sign_in_failure::unknown:
        return "unknown";
    case sign_in_failure::revoked:
        return "revoked";
    case sign_in_failure::expired:
        return "expired";
    }
    return {};
}

class sign_in_watch {
  public:
    using clock = rate_bucket::clock;

    struct failure {
        sign_in_failure how{};
        boost::asio::ip::address from{};
        std::string_view token{}; // the name of one that is known
    };

    /// What follows from a failure.
    struct consequence {
        clock::duration hold{};            // its answer back
        std::optional<std::string> line{}; // for the log
    };

    sign_in_watch();

    consequence failed(const failure& what, clock::time_point now);

  private:
    /// Of the networks that fall on it, mostly one.
    struct place {
        rate_bucket pace{};
        rate_bucket lines{};
        std::uint64_t untold = 0; // failures since the last line
    };

    place& place_of(const boost::asio::ip::address& from);
    clock::duration hold(place& at, clock::time_point now);
    std::optional<std::string> line(place& at, const failure& what, clock::time_point now);

    const std::string secret_; // so that nobody can choose who shares a place
    std::vector<place> places_;
    rate_bucket all_lines_{};
};

} // namespace datadrop::processor::http
