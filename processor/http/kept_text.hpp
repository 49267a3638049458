#pragma once
// A text that the program carries with it and clients keep: whoever asks whether theirs is still
// the one is told so without it (304). Every thread.

#include "processor/http/message.hpp"

#include <string>
#include <string_view>

namespace datadrop::processor::http {

class kept_text {
  public:
    /// `text` and `type` outlive it.
    kept_text(std::string_view text, std::string_view type);

    response answer(const request& asked) const;

  private:
    std::string_view text_;
    std::string_view type_;
    std::string tag_; // a hash of the text, in quotes
};

} // namespace datadrop::processor::http
