#include "processor/http/sign_in_watch.hpp"

#include "processor/http/http_limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <utility>

namespace datadrop::processor::http {

namespace {

constexpr rate failures{.a_second = failures_a_second, .at_once = failures_at_once};
constexpr rate lines_of_one{.a_second = 1.0 / 60, .at_once = 1};
constexpr rate lines_of_all{.a_second = 1, .at_once = 10};

std::string random_text() {
    std::random_device chance;
    return std::to_string(chance()) + "/" + std::to_string(chance()) + "/";
}

/// What one customer of a network has: an IPv4 address, and the first half of an IPv6 one.
std::string network_of(const boost::asio::ip::address& from) {
    const auto text = [](const auto& bytes, std::size_t count) {
        return std::string(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
    };
    if (from.is_v4()) return text(from.to_v4().to_bytes(), 4);
    const auto six = from.to_v6();
    if (!six.is_v4_mapped()) return text(six.to_bytes(), 8);
    const auto bytes = six.to_bytes();
    return {bytes.begin() + 12, bytes.end()};
}

std::string words_for(const sign_in_watch::failure& what) {
    switch (what.how) {
    case sign_in_failure::missing:
        return "no token was shown";
    case sign_in_failure::unknown:
        break;
    case sign_in_failure::revoked:
        return fmt::format("the token \"{}\" is revoked", what.token);
    case sign_in_failure::expired:
        return fmt::format("the secret of the token \"{}\" is past its end", what.token);
    }
    return "nobody has such a token";
}

} // namespace

sign_in_watch::sign_in_watch() : secret_(random_text()), places_(failure_places) {}

sign_in_watch::consequence sign_in_watch::failed(const failure& what, clock::time_point now) {
    if (what.how == sign_in_failure::missing) return {};
    auto& at = place_of(what.from);
    return {.hold = hold(at, now), .line = line(at, what, now)};
}

sign_in_watch::place& sign_in_watch::place_of(const boost::asio::ip::address& from) {
    return places_[std::hash<std::string>{}(secret_ + network_of(from)) % places_.size()];
}

/// Who comes when the wait is as long as it gets adds nothing to it.
sign_in_watch::clock::duration sign_in_watch::hold(place& at, clock::time_point now) {
    const auto wait = at.pace.wait_for(1, failures, now);
    if (wait >= failure_hold_max) return failure_hold_max;
    at.pace.take(1, failures, now);
    return wait;
}

std::optional<std::string> sign_in_watch::line(place& at, const failure& what,
                                               clock::time_point now) {
    const auto wait = std::max(at.lines.wait_for(1, lines_of_one, now),
                               all_lines_.wait_for(1, lines_of_all, now));
    if (wait > clock::duration::zero()) {
        ++at.untold;
        return std::nullopt;
    }
    at.lines.take(1, lines_of_one, now);
    all_lines_.take(1, lines_of_all, now);
    const auto more = std::exchange(at.untold, 0);
    auto text = fmt::format("a sign-in from {} failed: {}", what.from.to_string(), words_for(what));
    if (more > 0) text += fmt::format("; {} more from there since the last such line", more);
    return text;
}

} // namespace datadrop::processor::http
