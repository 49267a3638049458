#include "eventstore/postgres/driver/pipeline.hpp"

#include "domain/check.hpp"

#include <utility>

namespace datadrop::eventstore::postgres {

void pipeline::begin() {
    // Otherwise a server that does not read, since nobody reads what it answers, would block us.
    if (PQsetnonblocking(connection_, 1) != 0 || PQenterPipelineMode(connection_) == 0)
        fail(connection_, nullptr);
}

void pipeline::end() {
    limits_.clear();
    if (PQexitPipelineMode(connection_) == 0 || PQsetnonblocking(connection_, 0) != 0)
        fail(connection_, nullptr);
}

void pipeline::send(const std::string& name, const params& values, const type_numbers& types) {
    if (sent_ == 0) begin();
    if (answer_max_.count() > 0) limits_.emplace_back(PQsocket(connection_), answer_max_);
    ++sent_;
    send_statement(connection_, name, values, types);
    // The transaction ends there, and so does what an error makes the server pass over.
    if (PQpipelineSync(connection_) == 0) fail(connection_, nullptr);
    flush();
}

void pipeline::flush() {
    const int left = PQflush(connection_);
    if (left < 0) fail(connection_, nullptr);
    has_unsent_ = left > 0;
}

void pipeline::advance() {
    if (PQconsumeInput(connection_) == 0) fail(connection_, nullptr);
    flush();
}

/// Each statement has its answer, a null behind it, and the word that its transaction is over.
std::optional<held_result> pipeline::next() {
    while (sent_ > 0 && PQisBusy(connection_) == 0) {
        held_result part(PQgetResult(connection_));
        if (!part) continue;
        if (PQresultStatus(part.get()) != PGRES_PIPELINE_SYNC) {
            if (PQstatus(connection_) != CONNECTION_OK) fail(connection_, part.get());
            held_ = std::move(part);
            continue;
        }
        if (!limits_.empty()) limits_.pop_front();
        if (--sent_ == 0) end();
        domain::check(held_ != nullptr, "a statement has an answer before its transaction ends");
        return succeeded(connection_, std::exchange(held_, nullptr).release());
    }
    return std::nullopt;
}

} // namespace datadrop::eventstore::postgres
