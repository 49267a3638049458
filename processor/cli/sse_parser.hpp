#pragma once
// Server-sent events out of a stream of bytes (WHATWG HTML, 9.2.6), as much of it as a client of
// the feed needs. One thread.

#include <functional>
#include <string>
#include <string_view>

namespace datadrop::processor::cli {

class sse_parser {
  public:
    using take_data = std::function<void(const std::string& data)>;

    explicit sse_parser(take_data take) : take_(std::move(take)) {}

    /// Takes bytes, cut anywhere; hands on the data of each event that they complete.
    void feed(std::string_view bytes);

    /// What was begun and not completed is forgotten: the connection was lost.
    void restart();

    /// Of the last event that was completed; empty before.
    const std::string& last_id() const { return last_id_; }

  private:
    void take_line(std::string_view line);
    void complete_event();

    take_data take_;
    std::string line_;
    std::string data_;
    std::string id_;
    std::string last_id_;
};

} // namespace datadrop::processor::cli
