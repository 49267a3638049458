#include "processor/trials/bench/runs/processes.hpp"

#include "eventstore/postgres/cluster/cluster_home.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <sstream>
#include <system_error>
#include <thread>
#include <vector>

#include <unistd.h>

namespace datadrop::processor::trials::bench {
namespace {

namespace fs = std::filesystem;
using eventstore::postgres::text_of;

fs::path folder_of(pid_t process) { return "/proc/" + std::to_string(process); }

std::optional<process_times> times_of(const fs::path& process) {
    return parse_process_times(text_of(process / "stat"));
}

double in_seconds(std::int64_t ticks) {
    return static_cast<double>(ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

bool is_process(const fs::path& entry) {
    const auto name = entry.filename().string();
    return std::ranges::all_of(name, [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    return begin == std::string_view::npos ? std::string_view{} : text.substr(begin);
}

/// What stands behind "name:" or "name   :".
std::optional<std::string_view> value_of(std::string_view lines, std::string_view name) {
    while (!lines.empty()) {
        const auto line = lines.substr(0, lines.find('\n'));
        const auto colon = line.find(':');
        if (line.starts_with(name) && colon != line.npos &&
            trimmed(line.substr(name.size(), colon - name.size())).empty())
            return trimmed(line.substr(colon + 1));
        lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    }
    return std::nullopt;
}

std::int64_t ticks_of_children(pid_t parent) {
    std::int64_t ticks = 0;
    std::error_code gone; // a process may end while we look
    for (const auto& entry : fs::directory_iterator("/proc", gone)) {
        if (!is_process(entry.path())) continue;
        const auto child = times_of(entry.path());
        if (child && child->parent == parent) ticks += child->own;
    }
    return ticks;
}

} // namespace

std::optional<process_times> parse_process_times(std::string_view stat) {
    // The program's name stands in parentheses, and may hold blanks and parentheses itself.
    const auto name_end = stat.rfind(')');
    if (name_end == stat.npos) return std::nullopt;
    std::istringstream fields{std::string(stat.substr(name_end + 1))};
    std::string state;
    process_times times;
    fields >> state >> times.parent;
    constexpr int fields_between = 9; // from the process group to the page faults
    std::string skipped;
    for (int i = 0; i < fields_between; ++i)
        fields >> skipped;
    std::int64_t user = 0;
    std::int64_t system = 0;
    std::int64_t children_user = 0;
    std::int64_t children_system = 0;
    if (!(fields >> user >> system >> children_user >> children_system)) return std::nullopt;
    times.own = user + system;
    times.of_ended_children = children_user + children_system;
    return times;
}

std::optional<std::int64_t> parse_kilobytes(std::string_view lines, std::string_view name) {
    const auto text = value_of(lines, name);
    if (!text) return std::nullopt;
    std::int64_t kilobytes = 0;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), kilobytes);
    if (read.ec != std::errc{}) return std::nullopt;
    return kilobytes * 1024;
}

double cpu_seconds(pid_t process) {
    const auto times = times_of(folder_of(process));
    return times ? in_seconds(times->own) : 0;
}

double cpu_seconds_with_children(pid_t parent) {
    constexpr int looks_max = 10;
    auto before = times_of(folder_of(parent)).value_or(process_times{});
    for (int look = 1;; ++look) {
        const auto of_children = ticks_of_children(parent);
        const auto after = times_of(folder_of(parent)).value_or(process_times{});
        // A child that ended meanwhile may be in neither, or in both.
        if (after.of_ended_children == before.of_ended_children || look == looks_max)
            return in_seconds(after.own + after.of_ended_children + of_children);
        before = after;
    }
}

std::optional<std::int64_t> peak_memory(pid_t process) {
    return parse_kilobytes(text_of(folder_of(process) / "status"), "VmHWM");
}

computer this_machine() {
    const auto processors = text_of("/proc/cpuinfo");
    return {.cores = std::thread::hardware_concurrency(),
            .processor = std::string(value_of(processors, "model name").value_or("unknown")),
            .memory = parse_kilobytes(text_of("/proc/meminfo"), "MemTotal").value_or(0)};
}

} // namespace datadrop::processor::trials::bench
