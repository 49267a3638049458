#pragma once
// What clients and operators sent and what they were told, each sending a line of JSON, so that
// plain SQL can hold it against the log. Every thread.

#include <boost/json/object.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>

namespace datadrop::test {

/// A command on its way once: there, and back with an outcome or without.
struct sending {
    std::int64_t submission = 0;         // the same for each sending until one is settled
    std::string client{};                // whose token
    std::chrono::microseconds sent_at{}; // since 1970, as the next
    std::chrono::microseconds answered_at{};
    int status = 0;         // of HTTP; 0: there was no answer
    bool abandoned = false; // nor was it waited for any longer, on a connection that stood
    boost::json::object command{};
    boost::json::object outcome{}; // or {"outcome":"none","why":…}
};

/// What an operator asked about a dead letter, and was told.
struct remediation {
    std::string dead_letter{};
    std::string verb{}; // redrive, discard
    int status = 0;
    boost::json::object letter{};
};

/// Whether the sender has nothing more to do: any other outcome calls for another sending.
bool is_settled(const boost::json::object& outcome);

std::chrono::microseconds now_since_1970();

class journal {
  public:
    explicit journal(const std::filesystem::path& folder);

    std::int64_t next_submission() { return ++submissions_; }
    void note(const sending& s);
    void note(const remediation& r);
    /// How many sendings were told to be accepted so far.
    std::int64_t accepted() const { return accepted_; }
    /// How many have to be made again.
    std::int64_t unsettled() const { return unsettled_; }

    std::filesystem::path sendings() const { return folder_ / "sendings.ndjson"; }
    std::filesystem::path remediations() const { return folder_ / "remediations.ndjson"; }
    /// The settled ones, in the form of the demo's journals.
    std::filesystem::path answers() const { return folder_ / "answers.ndjson"; }

  private:
    std::filesystem::path folder_;
    std::atomic<std::int64_t> submissions_ = 0;
    std::atomic<std::int64_t> accepted_ = 0;
    std::atomic<std::int64_t> unsettled_ = 0;
    std::mutex mutex_; // guards the files
    std::ofstream sendings_;
    std::ofstream remediations_;
    std::ofstream answers_;
};

} // namespace datadrop::test
