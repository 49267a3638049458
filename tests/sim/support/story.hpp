#pragma once
// What a run did, line by line with its moment: the last lines of a run that failed, and a digest
// of all of them, by which two runs of a seed are seen to be the same. Silent unless asked to
// speak, since a run that passes is read by nobody. One thread.

#include "tests/sim/support/timeline.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <string>

namespace datadrop::sim {

class story {
  public:
    enum class mode : std::uint8_t { silent, told };

    story(mode m, const timeline& time) : mode_(m), time_(time) {}

    template <typename... Args>
    void tell(fmt::format_string<Args...> format, Args&&... args) {
        if (mode_ == mode::silent) return;
        add(fmt::format(format, std::forward<Args>(args)...));
    }
    bool told() const { return mode_ == mode::told; }

    std::uint64_t digest() const { return digest_; }
    std::uint64_t lines() const { return lines_; }
    const std::deque<std::string>& kept() const { return last_; }

  private:
    void add(const std::string& line) {
        constexpr std::size_t kept_lines_max = 20'000;
        last_.push_back(fmt::format("{:>12.3f} ms  {}\n",
                                    static_cast<double>(time_.now().count()) / 1000, line));
        digest_ = (digest_ ^ std::hash<std::string>{}(last_.back())) * 0x100000001B3u;
        ++lines_;
        if (last_.size() > kept_lines_max) last_.pop_front();
    }

    mode mode_;
    const timeline& time_;
    std::deque<std::string> last_;
    std::uint64_t digest_ = 0;
    std::uint64_t lines_ = 0;
};

} // namespace datadrop::sim
