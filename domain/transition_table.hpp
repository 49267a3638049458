#pragma once
// The rule book of the membership aggregate as one table, which drives the decision, what is said
// to be allowed, and the tests. Constants, for every thread.

#include "domain/vocabulary.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>

namespace datadrop::domain {

/// A set of states, a bit each.
class state_set {
  public:
    constexpr state_set(state only) : bits_(bit(only)) {}
    constexpr state_set(std::initializer_list<state> members) {
        for (const auto s : members)
            bits_ |= bit(s);
    }
    constexpr bool contains(state s) const { return (bits_ & bit(s)) != 0; }
    friend constexpr state_set operator|(state_set some, state_set others) {
        some.bits_ |= others.bits_;
        return some;
    }

  private:
    static constexpr unsigned bit(state s) { return 1u << static_cast<unsigned>(s); }
    unsigned bits_ = 0;
};

inline constexpr state_set active_states{
    state::invited_or_joined, state::onboarding_in_progress, state::onboarding_completed,
    state::role_eligible,     state::rules_accepted,         state::verification_pending,
    state::verified};
/// Those who are out and may come back.
inline constexpr state_set left_states{state::rejected_not_eligible, state::kicked,
                                       state::left_guild};

enum class guard : std::uint8_t { none, email, email_and_actor };

/// Whether a command's payload has a field.
enum class presence : std::uint8_t { none, optional, required };

/// Where the payload's outcome may lead.
inline constexpr std::array expiry_outcomes{state::kicked, state::rejected_not_eligible};

/// A row of the table: where a command holds, where it leads, what must be known of the member and
/// what the payload brings. The event is the command's own (event_of).
struct transition {
    command_kind command{};
    state_set from{};
    std::optional<state> to{}; // nothing: the payload's outcome says
    guard needs = guard::none;
    presence email = presence::none;
    presence campaign_id = presence::none;
    presence outcome = presence::none;
};

/// The whole rule book; a pair of state and command that is not in it is refused.
inline constexpr auto transitions = [] {
    using enum command_kind;
    using enum state;
    constexpr auto active = active_states, left = left_states;
    constexpr state_set under_review{onboarding_completed, verification_pending};
    constexpr std::optional<state> as_said{};
    constexpr auto free = guard::none, email = guard::email, actor = guard::email_and_actor;
    constexpr auto no = presence::none, may = presence::optional, must = presence::required;
    // clang-format off
    return std::to_array<transition>({
  //                                                                       needs  payload: e-mail,
  // command               from                    to                      known  campaign, outcome
  {join,                   left | none,            invited_or_joined,      free,  no,   no,   no  },
  {begin_onboarding,       invited_or_joined,      onboarding_in_progress, free,  no,   no,   no  },
  {complete_onboarding,    onboarding_in_progress, onboarding_completed,   free,  no,   no,   no  },
  {grant_eligibility,      onboarding_completed,   role_eligible,          free,  no,   no,   no  },
  {reject_eligibility,     under_review,           rejected_not_eligible,  free,  no,   no,   no  },
  {accept_rules,           role_eligible,          rules_accepted,         free,  no,   no,   no  },
  {request_verification,   rules_accepted,         verification_pending,   free,  may,  no,   no  },
  {record_email,           verification_pending,   verification_pending,   free,  must, no,   no  },
  {confirm_verification,   verification_pending,   verified,               email, no,   no,   no  },
  {override_verification,  verification_pending,   verified,               actor, no,   no,   no  },
  {require_reverification, verified,               verification_pending,   free,  no,   must, no  },
  {expire_verification,    verification_pending,   as_said,                free,  no,   no,   must},
  // Discord tells a removal first, and that it was a kick later, by the audit log.
  {kick,                   active | left_guild,    kicked,                 free,  no,   no,   no  },
  {leave,                  active,                 left_guild,             free,  no,   no,   no  },
  {ban,                    active | left,          banned,                 free,  no,   no,   no  },
  {lift_ban,               banned,                 left_guild,             free,  no,   no,   no  },
    });
    // clang-format on
}();

/// The row of a command; rows stand at their command's number.
constexpr const transition& transition_of(command_kind kind) {
    return transitions[static_cast<std::size_t>(kind)];
}

} // namespace datadrop::domain
