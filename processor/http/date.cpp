#include "processor/http/date.hpp"

#include <fmt/chrono.h>

namespace datadrop::processor::http {

std::string to_http_date(std::chrono::system_clock::time_point at) {
    const auto seconds = std::chrono::system_clock::to_time_t(at);
    return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(seconds));
}

std::string_view http_date_now() {
    // Every answer has a date: it is written once a second and not once an answer.
    thread_local std::time_t written = -1;
    thread_local std::string text;
    const auto now = std::chrono::system_clock::now();
    if (const auto second = std::chrono::system_clock::to_time_t(now); second != written) {
        text = to_http_date(now);
        written = second;
    }
    return text;
}

} // namespace datadrop::processor::http
