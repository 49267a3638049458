#include "processor/cli/progress.hpp"

#include "processor/cli/text_output.hpp"

#include <fmt/format.h>

#include <iostream>
#include <unistd.h>

namespace datadrop::processor::cli {
namespace {

using namespace std::chrono_literals;

std::string duration_text(std::int64_t seconds) {
    if (seconds < 60) return fmt::format("{} s", seconds);
    if (seconds < 3600) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
    return fmt::format("{} h {} min", seconds / 3600, seconds % 3600 / 60);
}

} // namespace

std::string progress_text(const progress_figures& f, const std::string& unit) {
    const auto rate = f.elapsed > 0ms ? static_cast<double>(f.done - f.from) * 1000.0 /
                                            static_cast<double>(f.elapsed.count())
                                      : 0.0;
    auto text = grouped(f.done);
    if (f.of) text += " of " + grouped(*f.of);
    text += " " + unit;
    if (f.of && *f.of > 0) text += fmt::format(" ({} %)", f.done * 100 / *f.of);
    text += ", " + grouped(static_cast<std::int64_t>(rate)) + "/s";
    if (f.of && rate > 0)
        text +=
            ", " +
            duration_text(static_cast<std::int64_t>(static_cast<double>(*f.of - f.done) / rate)) +
            " left";
    return text;
}

progress_printer::progress_printer(std::ostream& out, device kind, std::string what,
                                   std::string unit, clock now)
    : out_(out), kind_(kind), what_(std::move(what)), unit_(std::move(unit)), now_(std::move(now)),
      started_(now_()), printed_(started_) {}

progress_printer::~progress_printer() {
    if (line_open_) out_ << "\r\x1b[K" << std::flush;
}

void progress_printer::report(std::int64_t done, std::optional<std::int64_t> of,
                              std::int64_t from) {
    const auto now = now_();
    if (now - printed_ < (kind_ == device::terminal ? 200ms : 5000ms)) return;
    printed_ = now;
    const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - started_);
    const auto text =
        what_ + ": " +
        progress_text({.done = done, .of = of, .elapsed = elapsed, .from = from}, unit_);
    line_open_ = kind_ == device::terminal;
    out_ << (line_open_ ? "\r\x1b[K" + text : text + "\n") << std::flush;
}

progress_printer stderr_progress(std::string what, std::string unit) {
    const auto kind = ::isatty(STDERR_FILENO) != 0 ? progress_printer::device::terminal
                                                   : progress_printer::device::plain;
    return progress_printer(std::cerr, kind, std::move(what), std::move(unit),
                            [] { return std::chrono::steady_clock::now(); });
}

} // namespace datadrop::processor::cli
