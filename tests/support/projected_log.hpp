#pragma once
// A database with members that move and dead letters that operators work on, and what its read
// model must say of them: for the tests of the projections. One thread at a time.

#include "eventstore/log.hpp"
#include "projections/projector.hpp"
#include "projections/read_model.hpp"
#include "tests/support/builders.hpp"
#include "tests/support/database.hpp"
#include "tests/support/print_eventstore.hpp"
#include "tests/support/wait.hpp"

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace datadrop::projections {
std::string print(const member_row& row);
} // namespace datadrop::projections

namespace datadrop::test {

class projected_log {
  public:
    explicit projected_log(int partitions = 1);
    /// On a copy of a database without events, with the same tables.
    explicit projected_log(const scratch_database& empty);

    const scratch_database& database() const { return database_; }
    eventstore::postgres::session::options options() const { return {.database = database_.url()}; }
    int partitions() const { return partitions_; }
    eventstore::log& log() { return *log_; }

    /// Members of several guilds and so, with several partitions, of each.
    std::vector<domain::member_id> make_members(int guilds, int members_per_guild);

    /// Appends what the command leads to; nothing when it is refused.
    void submit(const domain::envelope& command, std::optional<eventstore::redrive> redriven = {});
    void bring_to(domain::state goal, domain::member_id who);
    /// Random commands for random members, those among them that are not refused.
    void submit_random(const std::vector<domain::member_id>& members, int commands);

    /// Members of one guild who have joined and left: two events each, many at once.
    void pass_through(int members);

    /// A parked command that a redrive may submit.
    struct parked_command {
        eventstore::dead_letter_id id{};
        domain::envelope command;
    };
    parked_command park(domain::member_id who, domain::command_kind kind);
    void redrive(const parked_command& letter);
    void fail_redrive(eventstore::dead_letter_id id);
    void discard(eventstore::dead_letter_id id);

    /// Steps a projector of each partition until it has caught up.
    void project();

    /// The member's row as its stream says, reckoned without domain::evolve.
    std::optional<projections::member_row> expected(domain::member_id who);

    /// Runs SQL that no program of ours would: the damage that tools have to find.
    void damage(std::string_view sql) { database_.connect().run_script(sql); }

  private:
    void start_projectors();
    eventstore::head& head_of(domain::member_id who) { return heads_[who]; }

    int partitions_;
    scratch_database database_;
    std::unique_ptr<eventstore::log> log_;
    std::vector<std::unique_ptr<projections::projector>> projectors_;
    std::map<domain::member_id, eventstore::head> heads_;
    std::mt19937 random_{20240901}; // the same history at every run
};

/// Steps until there is nothing new; the partition must not be another's.
void catch_up(projections::projector& p);

} // namespace datadrop::test
