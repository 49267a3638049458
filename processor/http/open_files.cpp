#include "processor/http/open_files.hpp"

#include "processor/http/http_limits.hpp"

#include <algorithm>

#include <sys/resource.h>

namespace datadrop::processor::http {

namespace {

/// The soft limit, raised when it is less than what is wanted and may be more.
rlim_t raised_to(rlim_t wanted) {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return wanted;
    const auto before = files.rlim_cur;
    files.rlim_cur = std::max(before, std::min(wanted, files.rlim_max));
    return ::setrlimit(RLIMIT_NOFILE, &files) == 0 ? files.rlim_cur : before;
}

} // namespace

connections::places places_for(std::size_t wanted, std::size_t others) {
    return places_within(raised_to(wanted + connections_spare + others), wanted, others);
}

connections::places places_within(std::size_t open_files, std::size_t wanted, std::size_t others) {
    // Health checks first: whoever runs out of files must still be able to say so.
    const auto taken = others + connections_spare;
    const auto left = open_files - std::min(open_files, taken);
    return {.ordinary = left < connections_min ? 0 : std::min(left, wanted)};
}

} // namespace datadrop::processor::http
