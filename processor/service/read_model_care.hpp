#pragma once
// What operators ask a server to do with the read model: rebuild it, verify it, switch back. One
// work at a time, on a thread and connections of its own. When the object goes, what is under way
// is stopped and leaves nothing behind.
//
// Every thread.

#include "domain/ids.hpp"
#include "eventstore/postgres/driver/session.hpp"
#include "projections/rebuild.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace datadrop::processor {

class read_model_care {
  public:
    enum class work_kind : std::uint8_t { rebuild, verify, switch_back };

    struct order {
        work_kind kind{};
        projections::rebuild_options options{};
        std::optional<std::int64_t> sample{}; // of verify
    };

    /// A work that is under way or the last of its kind that was.
    struct work {
        order asked{};
        bool is_started = false; // nothing was found that forbids it
        bool is_done = false;
        std::int64_t done = 0; // events, or members of a sample
        std::int64_t of = 0;
        domain::timestamp started_at{};
        domain::timestamp ended_at{};
        std::int64_t rows = 0;                              // that differ, or were mended
        std::vector<projections::difference> differences{}; // the first of them
        bool is_under_way_elsewhere = false;                // another process is at it: refused
        std::string refused{}; // why it could not be done, and what to do; empty: it could
        std::string failed{};  // what ended it otherwise
    };

    read_model_care(eventstore::postgres::session::options database, int partitions);
    ~read_model_care();

    /// The number of the work that begins; nothing while another one is under way.
    std::optional<std::uint64_t> begin(order what);
    /// Of the work that was begun last; nothing when that is another.
    std::optional<work> begun(std::uint64_t number) const;
    /// The last of a kind; nothing without one.
    std::optional<work> last(work_kind kind) const;

  private:
    void run(order what);
    void carry_out(const order& what);
    void report(const projections::progress& p);
    void finish(std::vector<projections::difference> differences);
    template <typename Change>
    void change(Change&& one);

    const eventstore::postgres::session::options database_;
    const int partitions_;
    std::atomic<bool> stopping_ = false;

    mutable std::mutex mutex_; // guards the rest
    std::uint64_t number_ = 0;
    work_kind kind_{};
    bool busy_ = false;
    std::optional<work> works_[3]; // by kind
    std::thread thread_;
};

} // namespace datadrop::processor
