#pragma once
// Who submits in a simulated run: clients that race over a few members, time out, send the same key
// again until they know what became of it, or use a key twice; and operators who redrive and
// discard what was parked, sometimes two at once.
//
// One thread.

#include "tests/sim/support/author.hpp"
#include "tests/sim/support/model/model.hpp"
#include "tests/sim/support/process.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

namespace datadrop::sim {

class clients {
  public:
    /// Gives a processor to send to, dead or alive.
    using choose_process = std::function<process&()>;

    clients(environment& shared, server& database, model::model& judge, choose_process choose);

    /// Begins to submit; `all_sent` is called once the last new command is on its way.
    void start(std::function<void()> all_sent);
    /// Again, so many: of what was before nobody knows.
    void start_again(int commands, std::function<void()> all_sent);
    /// Somebody else writes to the log itself.
    void write_elsewhere(eventstore::partition_number partition, std::size_t events);
    void answered(const process& by, processor::ticket t, const processor::outcome& said);

    /// Whether everybody knows what became of each command.
    bool all_settled() const;

  private:
    /// A command that somebody wants to know the fate of. A redrive's is asked for once.
    struct intent {
        processor::command_ptr command;
        std::optional<eventstore::redrive> redriven{};
        bool settled = false;
    };
    /// An intent on its way to a processor, once.
    struct sending {
        std::size_t intent = 0;
        bool answered = false;
    };
    using sendings = std::vector<std::size_t>;

    void step();
    void flood();
    void send_new();
    void send_again();
    void reuse_key();
    void operate();
    void redrive(eventstore::dead_letter_id id);
    void discard(eventstore::dead_letter_id id);
    std::size_t intend(domain::envelope command, std::optional<eventstore::redrive> redriven = {});
    void send(const std::vector<std::size_t>& intents);
    void arrive(process& at, const sendings& batch);
    void hear(std::size_t sent, processor::outcome_kind what);
    void send_later(std::size_t number, microseconds most);
    microseconds travel() { return shared_.random.between(microseconds(10), milliseconds(2)); }

    environment& shared_;
    server& server_;
    model::model& judge_;
    choose_process choose_;
    author author_;
    std::function<void()> all_sent_;
    std::deque<intent> intents_;
    std::deque<sending> sendings_;
    std::unordered_map<processor::ticket, std::size_t> by_ticket_;
    std::deque<log_connection> operators_; // a discard each
    processor::ticket last_ticket_ = 0;
    int new_commands_ = 0;
    std::size_t refused_ = 0; // of what has just arrived
    int remedies_ = 0;
};

} // namespace datadrop::sim
