#pragma once
// What makes a position prove itself. After a restore, or a failover that lost the log's end, a
// position is given again to another event; a hash of the event's own columns tells the two apart.
// It is computed when an event is read and stored nowhere, but readers keep it: a stored format,
// frozen by a test. The first four bytes of SHA-256 over the text
//
//     0 RECORDED_AT GUILD USER VERSION KEY          for a member's event
//     1 RECORDED_AT GUILD USER DEAD_LETTER          for a dead letter's
//
// numbers in decimal digits, the time in microseconds since 1970. Pure; every thread.

#include "eventstore/stored_event.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace datadrop::eventstore {

position_check check_of(const stored_event& event);
position_check check_of(const stored_membership_event& event);
position_check check_of(const stored_dead_letter_event& event);

} // namespace datadrop::eventstore
