#pragma once
// How far long work has come, for a person who waits: on a terminal one line that is written over,
// elsewhere a plain line now and then. Work that ends soon says nothing. One thread.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <string>

namespace datadrop::processor::cli {

struct progress_figures {
    std::int64_t done = 0;
    std::optional<std::int64_t> of{}; // unknown: neither share nor time left is shown
    std::chrono::milliseconds elapsed{};
    std::int64_t from = 0; // was done before
};

/// "12,000 of 100,000 lines (12 %), 4,000/s, 22 s left".
std::string progress_text(const progress_figures& figures, const std::string& unit);

class progress_printer {
  public:
    enum class device : std::uint8_t { terminal, plain };
    using clock = std::function<std::chrono::steady_clock::time_point()>;

    progress_printer(std::ostream& out, device kind, std::string what, std::string unit, clock now);
    ~progress_printer(); // leaves the terminal's line empty
    progress_printer(const progress_printer&) = delete;
    progress_printer& operator=(const progress_printer&) = delete;

    /// Cheap enough for every step: prints when the last print is long enough ago (0.2 s on a
    /// terminal, else 5 s).
    /// `from` was done before the work began.
    void report(std::int64_t done, std::optional<std::int64_t> of, std::int64_t from = 0);

  private:
    std::ostream& out_;
    device kind_;
    std::string what_;
    std::string unit_;
    clock now_;
    std::chrono::steady_clock::time_point started_;
    std::chrono::steady_clock::time_point printed_;
    bool line_open_ = false;
};

/// On stderr, by the steady clock.
progress_printer stderr_progress(std::string what, std::string unit);

} // namespace datadrop::processor::cli
