#pragma once
// Whether a payload fits its command, by the rules of transition_table.hpp: what decoders ask of a
// client's, and what decide takes for granted. Pure; every thread.

#include "domain/membership.hpp"

#include <optional>

namespace datadrop::domain {

/// What a payload brings, whatever form it is in.
struct payload_shape {
    bool email = false;
    bool campaign_id = false;
    std::optional<state> outcome{};
};

payload_shape shape_of(const payload& data);

enum class payload_field : std::uint8_t { email, campaign_id, outcome };

struct payload_misfit {
    enum class fault : std::uint8_t {
        missing,       // the command needs it
        foreign,       // the command has none
        not_an_outcome // the command does not lead there
    };
    payload_field field{};
    fault what{};
    bool operator==(const payload_misfit&) const = default;
};

/// The first field that does not fit, in the order of payload_field; nothing when all do.
[[nodiscard]] std::optional<payload_misfit> misfit(command_kind kind, const payload_shape& brings);

} // namespace datadrop::domain
