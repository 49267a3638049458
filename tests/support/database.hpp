#pragma once
// Databases for tests: one private PostgreSQL a test process, started by the first that needs it
// and removed at the end, and a database of its own for each test. The server does not wait for
// the disk; what is about surviving a crash starts a private_cluster of its own.
//
// DATADROP_KEEP=1 keeps folder and databases and says where they are.

#include "eventstore/log.hpp"
#include "eventstore/postgres/driver/session.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace datadrop::test {

/// A new folder that PostgreSQL's user can enter; removed with the object. A file in it is locked
/// meanwhile, so that what a killed test process left behind can be told from what is in use.
class temporary_folder {
  public:
    temporary_folder();
    ~temporary_folder();
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
    int lock_;
};

class scratch_database {
  public:
    struct options {
        std::optional<int> partitions = 1; // nothing: the database is left without a schema
        /// One that this is to be a copy of, file by file: a physical backup. Whoever is connected
        /// to it is turned out.
        const scratch_database* copy_of = nullptr;
    };

    scratch_database() : scratch_database(options{}) {}
    explicit scratch_database(options o);
    ~scratch_database();
    scratch_database(const scratch_database&) = delete;
    scratch_database& operator=(const scratch_database&) = delete;

    const std::string& url() const { return url_; }
    eventstore::postgres::session connect() const;
    std::unique_ptr<eventstore::log> open_log() const;

    /// Whoever is connected is turned out, and nobody gets in any more until it is given back.
    void take_away() const;
    void give_back() const;

    /// Puts another database in this one's place, under its name, as a restore does. Whoever is
    /// connected is turned out; the other is gone then.
    void replace_with(const scratch_database& other) const;

  private:
    options options_;
    std::string name_;
    std::string url_;
};

} // namespace datadrop::test
