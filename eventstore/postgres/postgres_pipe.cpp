// Appends of postgres_log that are not waited for.

#include "domain/check.hpp"
#include "eventstore/chain.hpp"
#include "eventstore/postgres/log_arguments.hpp"
#include "eventstore/postgres/postgres_log.hpp"
#include "eventstore/sql/statements.hpp"

#include <utility>

namespace datadrop::eventstore::postgres {

bool postgres_log::is_open() const {
    return db_ && is_ready_to_send_ && !is_lost_ && !reservation_;
}

int postgres_log::socket() const { return db_->socket(); }

bool postgres_log::has_unsent() const { return db_ && !is_lost_ && db_->has_unsent(); }

void postgres_log::send(partition_number partition, std::optional<expectation> expected,
                        std::span<const chain> chains) {
    domain::check(is_open(), "a pipe is open for what is sent through it");
    sent_.push_back({partition, chains});
    try {
        const chain_refs all(chains.begin(), chains.end());
        db_->send(sql::statements::append, chains_as_params(partition, all, believed(expected)));
    } catch (const connection_lost&) {
        is_lost_ = true; // perhaps it has gone out all the same
    }
}

/// The oldest's, if it has come.
std::optional<append_pipe::outcome> postgres_log::next_answer() {
    outcome next;
    try {
        const auto told_rows = db_->next_answer();
        if (!told_rows) return std::nullopt;
        const auto& chains = sent_.front().chains;
        next.result = told(append_result_in(*told_rows, chain_refs(chains.begin(), chains.end())));
    } catch (const connection_lost&) {
        is_lost_ = true;
        return std::nullopt;
    } catch (const std::runtime_error& e) { // it was refused, or what came cannot be read
        next.why = e.what();
    }
    sent_.pop_front();
    return next;
}

std::vector<append_pipe::outcome> postgres_log::take_answers() {
    std::vector<outcome> answers;
    if (!is_open() || sent_.empty()) return answers;
    try {
        db_->advance();
    } catch (const connection_lost&) {
        is_lost_ = true; // what has come before is settled with the rest
    }
    while (!is_lost_ && !sent_.empty()) {
        auto next = next_answer();
        if (!next) break;
        answers.push_back(std::move(*next));
    }
    return answers;
}

std::vector<append_pipe::outcome> postgres_log::settle() {
    const auto lost = std::exchange(sent_, {});
    std::vector<outcome> answers;
    std::string why;
    try {
        auto& db = reconnected_and_fenced();
        for (const auto& [partition, chains] : lost)
            answers.push_back({told(settled(db, partition, chains))});
    } catch (const connection_lost& e) {
        disconnect();
        why = e.what();
    } catch (const std::runtime_error& e) {
        why = e.what();
    }
    // Those behind the first that could not be settled have not been looked at.
    answers.resize(lost.size(), {.result = std::nullopt, .why = why});
    return answers;
}

} // namespace datadrop::eventstore::postgres
