#pragma once
// One JSON command a line, as `submit` reads it. Memory stays bounded whatever comes. One thread.

#include <cstddef>
#include <cstdint>
#include <istream>
#include <optional>
#include <string>

namespace datadrop::processor::cli {

inline constexpr std::size_t line_bytes_max = 64 * 1024;

struct input_line {
    std::int64_t number = 0;  // from 1; blank lines count and are passed over
    std::string text;         // as it stood there
    std::string unreadable{}; // what is wrong with it, naming the line; empty: a JSON object
};

class line_reader {
  public:
    explicit line_reader(std::istream& in) : in_(in) {}

    /// The next line that is not blank; nothing at the end. A byte order mark is passed over. A
    /// line over line_bytes_max, one that is no JSON and one that is no object are unreadable.
    std::optional<input_line> next();

  private:
    /// False at the end of the input; `fits` is false when the line was too long to keep.
    bool read_raw(std::string& text, bool& fits);

    std::istream& in_;
    std::int64_t number_ = 0;
};

} // namespace datadrop::processor::cli
