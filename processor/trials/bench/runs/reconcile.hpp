#pragma once
// Whether what the loads were answered is what is written: by plain SQL over the log, or over the
// yardstick's table, and over the loads' files of answers. One thread; calls block. They throw what
// a session throws.

#include "eventstore/postgres/driver/session.hpp"
#include "processor/trials/sql_check.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace datadrop::processor::trials::bench {

enum class written_by : std::uint8_t { datadrop, guarded_statement };

class reconciliation {
  public:
    /// Before the loads: what is in the log already is not theirs.
    explicit reconciliation(const std::string& database);

    /// After them. Throws `refused` when a file of answers cannot be read.
    std::vector<finding> compare(written_by whom,
                                 const std::vector<std::filesystem::path>& answers);

  private:
    eventstore::postgres::session db_;
};

/// What differs, by name and with its first cases; empty when nothing does.
std::string differences_text(const std::vector<finding>& findings);

} // namespace datadrop::processor::trials::bench
