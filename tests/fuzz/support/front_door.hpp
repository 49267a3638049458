#pragma once
// A connection to the real HTTP layer, on a service that needs no database. One thread.

#include <string>
#include <string_view>

namespace datadrop::test {

/// The one that is in force, with every scope.
inline constexpr std::string_view front_door_token = "sesame-4711";

/// What a new server sends to a client that sends these bytes and no more.
std::string converse(std::string_view sent);

} // namespace datadrop::test
