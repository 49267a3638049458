#pragma once
// Server-sent events out of a stream of bytes (WHATWG HTML, 9.2.6), as much of it as a client of
// the feed needs. One thread.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace datadrop::processor::cli {

struct sse_event {
    std::string type; // empty when none was said
    std::string data;
    std::string id; // of the last one that was said, up to this event
    bool operator==(const sse_event&) const = default;
};

class sse_parser {
  public:
    using take_event = std::function<void(const sse_event& event)>;

    explicit sse_parser(take_event take) : take_(std::move(take)) {}

    /// Takes bytes, cut anywhere; hands on each event with data that they complete.
    void feed(std::string_view bytes);

    /// What was begun and not completed is forgotten: the connection was lost.
    void restart();

    /// Of the last event that was completed; empty before.
    const std::string& last_id() const { return last_id_; }

    /// How long to wait before connecting again, as last told.
    std::optional<std::chrono::milliseconds> retry() const { return retry_; }

  private:
    void take_line(std::string_view line);
    void complete_event();

    take_event take_;
    std::string line_;
    std::string type_;
    std::string data_;
    std::string id_;
    std::string last_id_;
    std::optional<std::chrono::milliseconds> retry_;
};

} // namespace datadrop::processor::cli
