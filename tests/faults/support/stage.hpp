#pragma once
// Everything a case of fault needs: a database on a durable PostgreSQL, processors on it through a
// proxy each, front doors, credentials, and a journal of what clients send. Whatever a case did to
// the PostgreSQL, the next one finds it running: they share one, unless a case asks for its own.
// One thread; calls block. They throw std::runtime_error when something does not come to be.

#include "tests/faults/support/checker.hpp"
#include "tests/faults/support/cluster.hpp"
#include "tests/faults/support/database_proxy.hpp"
#include "tests/faults/support/load.hpp"
#include "tests/faults/support/serving.hpp"
#include "tests/support/database.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace datadrop::test {

/// The tokens of a database, by their names.
struct credentials {
    std::string bot;
    std::string api;
    std::string operator_one;
};

/// Brings the schema of a database up and makes the tokens.
credentials set_up(const std::string& database, int partitions);

struct stage_options {
    int processors = 1;
    int partitions = 1;
    arguments serve{};                                  // more of them for each processor
    std::optional<cluster::settings> own_postgres{};    // on top of the defaults
    std::optional<std::filesystem::path> home_of_own{}; // a folder of the stage unless said
};

class stage {
  public:
    explicit stage(const stage_options& o = {});
    ~stage();

    cluster& postgres() { return postgres_; }
    /// A connection of one's own to the database, past every proxy, named `test` there.
    eventstore::postgres::session connect() const;
    database_proxy& proxy(std::size_t of = 0) { return *nodes_[of].proxy; }
    front_door& front(std::size_t of = 0) { return *nodes_[of].front; }
    serving& processor(std::size_t number = 0) { return *nodes_[number].processor; }
    std::size_t processors() const { return nodes_.size(); }
    journal& notes() { return notes_; }
    const std::filesystem::path& folder() const { return folder_.path(); }
    const std::string& database() const { return database_; }
    const std::string& database_name() const { return database_name_; }

    client bot() { return client(options_of("bot", tokens_.bot), notes_); }
    client an_operator() { return client(options_of("operator", tokens_.operator_one), notes_); }
    /// Clients of both, for a load. Their patience is more than a processor that is alive needs.
    load_options both_sides(std::chrono::milliseconds wait_max = std::chrono::seconds{20}) const;

    /// Once PostgreSQL answers: what became of everything that was sent. Ends the processors, and
    /// throws when one does not end well.
    check_result check();

  private:
    struct node {
        std::unique_ptr<database_proxy> proxy;
        std::unique_ptr<front_door> front;
        std::unique_ptr<serving> processor;
    };
    client_options options_of(const std::string& name, const std::string& token) const;

    temporary_folder folder_;
    std::unique_ptr<cluster> own_postgres_;
    cluster& postgres_;
    std::string database_name_;
    std::string database_;
    credentials tokens_;
    journal notes_;
    std::vector<node> nodes_;
};

} // namespace datadrop::test
