#pragma once
// What Linux says of processes and of the machine, in /proc. Every thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace datadrop::processor::trials::bench {

/// A line of /proc/PID/stat; processor time in the kernel's ticks, of user and system.
struct process_times {
    pid_t parent = 0;
    std::int64_t own = 0;
    std::int64_t of_ended_children = 0; // those that were waited for
};

/// Nothing when the text is no such line.
std::optional<process_times> parse_process_times(std::string_view stat);

/// The number behind a name in a file of lines "VmHWM:  1234 kB", in bytes; nothing when the name
/// is not there.
std::optional<std::int64_t> parse_kilobytes(std::string_view lines, std::string_view name);

/// Seconds; of a process that is gone, 0.
double cpu_seconds(pid_t process);

/// Seconds, of a process and its children, also those that have ended: all of a PostgreSQL's.
double cpu_seconds_with_children(pid_t parent);

/// The most memory that it has had, in bytes.
std::optional<std::int64_t> peak_memory(pid_t process);

struct computer {
    unsigned cores = 0;
    std::string processor;
    std::int64_t memory = 0; // bytes
};

computer this_machine();

} // namespace datadrop::processor::trials::bench
