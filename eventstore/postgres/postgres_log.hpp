#pragma once
// The log on PostgreSQL. Everything that must hold under a partition's lock is done by the
// functions of sql/functions; here stand the connection, the doubts about it, and the conversions.
// One thread at a time; calls block.

#include "eventstore/append_pipe.hpp"
#include "eventstore/log.hpp"
#include "eventstore/postgres/driver/transaction.hpp"
#include "eventstore/postgres/log_rows.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace datadrop::eventstore::postgres {

class postgres_log final : public log, private append_pipe {
  public:
    postgres_log(session::options o, int partitions);

    int partitions() const override { return partitions_; }
    void require_writable() override;

    members_seen load(partition_number partition,
                      std::span<const domain::member_id> members) override;
    members_seen reserve(partition_number partition,
                         std::span<const domain::member_id> members) override;
    void release() override;
    append_result append(partition_number partition, std::optional<expectation> expected,
                         std::span<const chain> chains) override;
    std::vector<park_fate> park(partition_number partition,
                                std::span<const parking> commands) override;
    remediation_fate record_failure(letter_seen letter,
                                    const domain::redrive_failed& what) override;
    remediation_fate discard(letter_seen letter, const domain::command_discarded& what) override;

    std::vector<stored_event> read(partition_number partition, global_position after,
                                   std::size_t limit) override;
    std::vector<stored_event> scan(partition_number partition, global_position from,
                                   const event_filter& wanted, std::size_t limit) override;
    std::vector<stored_membership_event>
    history(domain::member_id who, domain::stream_version after, std::size_t limit) override;
    std::vector<stored_dead_letter_event> dead_letter(dead_letter_id id) override;
    cursor tails() override;

    append_pipe* pipe() override { return this; }

  private:
    // postgres_pipe.cpp: appends that are not waited for
    bool is_open() const override;
    int socket() const override;
    void send(partition_number partition, std::optional<expectation> expected,
              std::span<const chain> chains) override;
    bool has_unsent() const override;
    std::vector<outcome> take_answers() override;
    std::vector<outcome> settle() override;
    std::optional<outcome> next_answer();

    session& connected();
    void disconnect();
    session& reconnected_and_fenced();

    template <typename Work>
    auto guarded(Work&& work);
    template <typename Work>
    auto reading(Work&& work);
    template <typename Work, typename Settle>
    auto writing(Work&& work, Settle&& settle);

    /// With the word that the connection is a new one, once.
    template <typename Answer>
    Answer told(Answer answer) {
        answer.over_new_connection = std::exchange(is_new_, false);
        return answer;
    }
    std::optional<expectation> believed(std::optional<expectation> expected) const;
    append_result append_reserved(partition_number partition, std::optional<expectation> expected,
                                  std::span<const chain> chains);
    append_result settled(session& db, partition_number partition, std::span<const chain> chains);
    std::vector<stored_dead_letter_event> dead_letter_in(session& db, dead_letter_id id);
    remediation_fate remediate(const remediation_row& row, domain::remediation asked);

    session::options options_;
    int partitions_;
    std::unique_ptr<session> db_;              // none before the first call and after a loss
    bool is_new_ = true;                       // the caller was not told of this connection yet
    std::unique_ptr<transaction> reservation_; // of db_

    struct sent_append {
        partition_number partition;
        std::span<const chain> chains;
    };
    std::deque<sent_append> sent_;  // over db_, and not answered
    bool is_ready_to_send_ = false; // db_ is
    bool is_lost_ = false;          // with db_, while some are
};

} // namespace datadrop::eventstore::postgres
