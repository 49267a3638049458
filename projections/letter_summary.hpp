#pragma once
// Why a command was parked, in one sentence. Pure; every thread.

#include <boost/json/object.hpp>

#include <string>

namespace datadrop::projections {

/// Of a dead letter as dead_letter_json shows it: "wanted Verified, found InvitedOrJoined five
/// times in 240 ms; api moved it there 3 s before by Leave". Names what was stated of the member,
/// what the attempts met, and the event that the last of them ran into. It says nothing of the
/// command and of who sent it, which the letter names.
std::string letter_summary(const boost::json::object& letter);

} // namespace datadrop::projections
