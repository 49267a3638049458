#pragma once
// The time of day as HTTP writes it (RFC 9110, 5.6.7).

#include <chrono>
#include <string>
#include <string_view>

namespace datadrop::processor::http {

/// "Sun, 06 Nov 1994 08:49:37 GMT". Every thread.
std::string to_http_date(std::chrono::system_clock::time_point at);

/// That of this second, which is written once; stays until the thread asks again.
std::string_view http_date_now();

} // namespace datadrop::processor::http
