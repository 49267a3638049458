#pragma once
// Where a log ended when the doctor looked last: a file with a cursor in text, for the user's own
// eyes. One thread; calls block.

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace datadrop::processor::cli {

/// The file cannot be read or written: which.
struct unkept : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class end_memory {
  public:
    /// Nothing is touched yet.
    explicit end_memory(std::filesystem::path file) : file_(std::move(file)) {}

    /// Nothing when there is none yet. Throws unkept.
    std::optional<std::string> recall() const;

    /// Whole or not at all; makes the folder. Throws unkept.
    void keep(const std::string& cursor) const;

    /// The command line that removes it.
    std::string how_to_forget() const;

    /// Of a log by its name: $XDG_STATE_HOME/datadrop/ends/NAME, or the same below ~/.local/state;
    /// nothing without a home.
    static std::optional<std::filesystem::path> usual_file(const std::string& log);

  private:
    std::filesystem::path file_;
};

} // namespace datadrop::processor::cli
