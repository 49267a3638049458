#pragma once
// What the system says of this process, under the names that every program shows Prometheus. From
// /proc; figures that it does not tell are 0. One thread.

#include <cstddef>

namespace datadrop::processor::http {

struct process_figures {
    double cpu_seconds = 0; // user and system
    double start_time = 0;  // seconds since 1970
    double resident_bytes = 0;
    double virtual_bytes = 0;
    std::size_t threads = 0;
    std::size_t open_files = 0;
    std::size_t open_files_max = 0;
};

process_figures of_this_process();

} // namespace datadrop::processor::http
