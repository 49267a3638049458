#pragma once
// If-Match: a request is meant for what its sender looked at, and for nothing that has become of it
// since (RFC 9110, 13.1.1). Pure; every thread.

#include "processor/http/message.hpp"
#include "processor/http/problem.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace datadrop::processor::http {

class if_match {
  public:
    /// All lines of the header together. Problem: malformed_request, for what is neither `*` nor a
    /// list of entity tags.
    [[nodiscard]] static checked<if_match> parse(const request& from);

    /// Nothing is asked, or only that there is something (`*`).
    bool takes_any() const { return any_; }

    /// By the strong comparison, which no weak tag passes. The tag is in quotes.
    bool holds(std::string_view tag) const;

  private:
    bool any_ = true;
    std::vector<std::string> tags_; // strong ones, in quotes
};

} // namespace datadrop::processor::http
