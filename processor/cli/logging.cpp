#include "processor/cli/logging.hpp"

#include "eventstore/postgres/driver/session.hpp"
#include "projections/dead_letter_json.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <spdlog/formatter.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>

#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

namespace datadrop::processor::cli {
namespace {

bool lines_are_json = false;

void log_notice(std::string_view severity, std::string_view text) {
    spdlog::log(severity == "WARNING" ? spdlog::level::warn : spdlog::level::info,
                "PostgreSQL says: {}", text);
}

/// {"time":"2024-09-01T10:11:12.345000Z","level":"info","message":"…"}, whatever a message holds.
class json_lines : public spdlog::formatter {
  public:
    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& to) override {
        const auto level = spdlog::level::to_string_view(message.level);
        const boost::json::object line{
            {"time", projections::to_text(
                         std::chrono::time_point_cast<std::chrono::microseconds>(message.time))},
            {"level", boost::json::string_view(level.data(), level.size())},
            {"message", boost::json::string_view(message.payload.data(), message.payload.size())}};
        const auto text = boost::json::serialize(line) + "\n";
        to.append(text.data(), text.data() + text.size());
    }
    std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<json_lines>();
    }
};

/// Whether journald reads stderr: JOURNAL_STREAM names its device and inode, and would still be set
/// where stderr was led elsewhere since.
bool is_read_by_journald() {
    const char* const named = std::getenv("JOURNAL_STREAM");
    struct stat file{};
    if (named == nullptr || ::fstat(STDERR_FILENO, &file) != 0) return false;
    return named == std::to_string(file.st_dev) + ":" + std::to_string(file.st_ino);
}

bool lines_have_priorities() {
    static const bool found = is_read_by_journald();
    return found;
}

/// What journald takes at the beginning of a line for its priority.
std::string_view priority_of(spdlog::level::level_enum level) {
    switch (level) {
    case spdlog::level::critical:
        return SD_CRIT;
    case spdlog::level::err:
        return SD_ERR;
    case spdlog::level::warn:
        return SD_WARNING;
    case spdlog::level::info:
        return SD_INFO;
    default:
        return SD_DEBUG;
    }
}

/// Each line gets it: journald makes an entry of each.
std::string with_priority(std::string_view priority, std::string_view lines) {
    std::string all;
    while (!lines.empty()) {
        const auto end = std::min(lines.find('\n'), lines.size() - 1) + 1;
        all.append(priority).append(lines.substr(0, end));
        lines.remove_prefix(end);
    }
    return all;
}

/// What another formatter makes, for journald.
class journal_lines : public spdlog::formatter {
  public:
    explicit journal_lines(std::unique_ptr<spdlog::formatter> of) : of_(std::move(of)) {}
    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& to) override {
        spdlog::memory_buf_t plain;
        of_->format(message, plain);
        const auto lines = with_priority(priority_of(message.level), {plain.data(), plain.size()});
        to.append(lines.data(), lines.data() + lines.size());
    }
    std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<journal_lines>(of_->clone());
    }

  private:
    std::unique_ptr<spdlog::formatter> of_;
};

std::unique_ptr<spdlog::formatter> formatter_of(output_format format) {
    if (format == output_format::json) return std::make_unique<json_lines>();
    return std::make_unique<spdlog::pattern_formatter>("%Y-%m-%dT%H:%M:%S.%eZ %l %v",
                                                       spdlog::pattern_time_type::utc);
}

} // namespace

void set_up_logging(const std::string& level, output_format format) {
    auto logger = std::make_shared<spdlog::logger>(
        "datadrop", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_formatter(lines_have_priorities()
                              ? std::make_unique<journal_lines>(formatter_of(format))
                              : formatter_of(format));
    logger->set_level(spdlog::level::from_str(level));
    logger->flush_on(spdlog::level::trace);
    spdlog::set_default_logger(std::move(logger));
    lines_are_json = format == output_format::json;
    eventstore::postgres::tell_notices_to(&log_notice);
}

void print_failure(const std::string& what) {
    if (lines_are_json) {
        spdlog::default_logger()->set_level(spdlog::level::err);
        spdlog::error("{}", what);
        return;
    }
    const auto lines = "datadrop: " + what + (what.ends_with('\n') ? "" : "\n");
    std::cerr << (lines_have_priorities() ? with_priority(SD_ERR, lines) : lines);
}

} // namespace datadrop::processor::cli
