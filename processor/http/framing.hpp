#pragma once
// Whether a request's header says beyond doubt where the request ends and whom it is for (RFC 9112,
// 3.2 and 6.3). A proxy in front may read such a header otherwise than this server; then one's body
// is the other's next request. Pure; every thread.

#include "processor/http/message.hpp"

#include <optional>
#include <string_view>

namespace datadrop::processor::http {

/// What leaves a doubt, as a sentence; nothing when nothing does. The connection ends with such a
/// request: nobody knows where the next one begins.
[[nodiscard]] std::optional<std::string_view> framing_doubt(const request_header& header);

} // namespace datadrop::processor::http
