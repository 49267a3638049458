#pragma once
// The model: it watches submissions, answers and the committed log, and holds all three against the
// promises. It knows the rules from a table of its own and shares no code with the core.
//
// One thread. Every call throws broken_promise when it sees one broken.

#include "tests/sim/support/model/ledger.hpp"
#include "tests/sim/support/model/submissions.hpp"

#include <cstdint>

namespace datadrop::sim::model {

class model {
  public:
    explicit model(environment& shared) : shared_(shared), ledger_(shared) {}

    /// What the log holds already was asked of somebody else.
    void begin_with(eventstore::log& log);
    /// A command reaches a processor.
    void arrived(asked_command s);
    void answered(processor::ticket t, const processor::outcome& said);
    /// A process was killed; gives those who will hear nothing.
    std::vector<processor::ticket> silenced(int process);
    /// Something was committed.
    void committed(eventstore::log& log);
    /// What an operator was told of a discard.
    void discarded(eventstore::dead_letter_id id, eventstore::remediation_fate told) const;

    /// Everything has come to rest.
    void check_end(eventstore::log& log) const;

    const ledger& log() const { return ledger_; }
    std::size_t unanswered() const;

  private:
    // answers.cpp
    void check_accepted(const asked_command& s) const;
    void check_new_once(const asked_command& s) const;
    void check_replayed(const asked_command& s) const;
    void check_rejected(const asked_command& s) const;
    void check_conflict(const asked_command& s) const;
    void check_key_reused(const asked_command& s) const;
    void check_dead_lettered(const asked_command& s) const;
    void check_unavailable(const asked_command& s) const;
    void check_redrive_noted(const asked_command& s) const;
    void check_refusal_was_true(const asked_command& s) const;
    const standing& head_told(const asked_command& s) const;
    span_of_time key_was_free(const asked_command& s) const;

    // fairness.cpp
    void check_overloaded(const asked_command& s) const;
    void check_not_delayed(const asked_command& s) const;
    std::size_t under_way_beside_flood(const asked_command& s) const;

    // written.cpp
    void check_written(const written_event& w) const;
    void check_parked(const letter& l) const;
    void check_attempts(const std::vector<domain::attempt>& attempts,
                        const asked_command& of) const;
    void check_stay(const letter& l) const;
    void check_met(const domain::attempt& a, const asked_command& of, std::int64_t& version) const;
    void check_met_conflict(const letter& l, const std::vector<domain::attempt>& attempts) const;
    void check_reasons(const letter& l) const;
    void check_budget_spent(const letter& l, const asked_command& of) const;
    void check_redrive_failed(const letter& l) const;
    void check_asked_for(const written_event& w) const;
    void check_order() const;
    bool is_asked_elsewhere(const asked_command& s) const;
    void forget_refused();

    environment& shared_;
    ledger ledger_;
    submissions submissions_;
    std::vector<processor::ticket> refused_; // of what arrived last
    microseconds begun_{-1};                 // what was written until then is not looked into
};

/// Whether the command was made for another stay than the member's then.
bool is_over(const domain::envelope& command, const standing& head);

/// Whether stated expectations hold on a head, on an attempt's number.
bool expectations_hold(const domain::envelope& command, int attempt, std::int64_t version,
                       domain::state current);

} // namespace datadrop::sim::model
