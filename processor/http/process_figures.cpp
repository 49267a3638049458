#include "processor/http/process_figures.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include <sys/resource.h>
#include <unistd.h>

namespace datadrop::processor::http {

namespace {

std::string text_of(const char* file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// The fields of /proc/self/stat behind the command's name, which may hold anything, ")" included:
/// the first of them is the third of proc(5).
class stat_fields {
  public:
    stat_fields() {
        const auto text = text_of("/proc/self/stat");
        std::istringstream rest(text.substr(std::min(text.rfind(')') + 1, text.size())));
        std::string state;
        rest >> state;
        for (auto& field : fields_)
            rest >> field;
    }
    /// By its number in proc(5).
    double at(std::size_t number) const { return static_cast<double>(fields_.at(number - 4)); }

  private:
    std::array<long long, 21> fields_{}; // 4 to 24
};

/// When the machine started, in seconds since 1970.
double boot_time() {
    std::istringstream lines(text_of("/proc/stat"));
    for (std::string word; lines >> word;)
        if (double seconds = 0; word == "btime" && lines >> seconds) return seconds;
    return 0;
}

std::size_t open_files() {
    std::error_code ignored;
    const std::filesystem::directory_iterator all("/proc/self/fd", ignored);
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

std::size_t open_files_max() {
    rlimit files{};
    return ::getrlimit(RLIMIT_NOFILE, &files) == 0 ? files.rlim_cur : 0;
}

} // namespace

process_figures of_this_process() {
    static const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    static const auto page_bytes = static_cast<double>(::sysconf(_SC_PAGESIZE));
    static const double booted = boot_time();
    const stat_fields is;
    return {.cpu_seconds = (is.at(14) + is.at(15)) / ticks,
            .start_time = booted + is.at(22) / ticks,
            .resident_bytes = is.at(24) * page_bytes,
            .virtual_bytes = is.at(23),
            .threads = static_cast<std::size_t>(is.at(20)),
            .open_files = open_files(),
            .open_files_max = open_files_max()};
}

} // namespace datadrop::processor::http
