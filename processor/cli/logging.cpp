#include "processor/cli/logging.hpp"

#include "eventstore/postgres/driver/session.hpp"
#include "projections/dead_letter_json.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <iostream>

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

} // namespace

void set_up_logging(const std::string& level, output_format format) {
    auto logger = std::make_shared<spdlog::logger>(
        "datadrop", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    if (format == output_format::json)
        logger->set_formatter(std::make_unique<json_lines>());
    else
        logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
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
    std::cerr << "datadrop: " << what << (what.ends_with('\n') ? "" : "\n");
}

} // namespace datadrop::processor::cli
