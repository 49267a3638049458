#include "processor/service/remediation.hpp"

#include "processor/service/command_shell.hpp"

#include <memory>
#include <utility>

namespace datadrop::processor {
namespace {

using eventstore::remediation_fate;
using letter_events = std::vector<eventstore::stored_dead_letter_event>;

domain::dead_letter_status status_of(const letter_events& letter) {
    auto status = domain::dead_letter_status::parked;
    for (const auto& e : letter)
        status = evolve(status, e.what);
    return status;
}

bool is_closed(const letter_events& letter) {
    return decide(status_of(letter), domain::remediation::redrive) ==
           domain::remediation_verdict::closed;
}

std::vector<submission> submission_of(const domain::command_parked& letter,
                                      const redrive_request& request) {
    std::vector<submission> one;
    one.push_back(
        {.command = redriven_command(letter, request),
         .redriven = eventstore::redrive{request.id, request.by, request.reason, request.seen}});
    return one;
}

/// It was answered without anything being written for this act, and the letter has moved on.
bool lost_to_another(const redrive_request& request, const outcome& came,
                     const letter_events& letter) {
    return request.seen && came.replayed && letter.back().position != *request.seen;
}

remediation_fate fate_of(const redrive_request& request, const outcome& came,
                         const letter_events& letter) {
    if (lost_to_another(request, came, letter)) return remediation_fate::changed;
    // Somebody may have discarded it meanwhile: what it is now is told, not what it was.
    return status_of(letter) == domain::dead_letter_status::discarded ? remediation_fate::closed
                                                                      : remediation_fate::done;
}

} // namespace

std::shared_ptr<const domain::envelope> redriven_command(const domain::command_parked& letter,
                                                         const redrive_request& request) {
    auto command = letter.command; // as received; what is parked stays as it was
    command.by = request.by;
    if (request.expected_state) command.expected_state = *request.expected_state;
    if (request.expected_version) command.expected_version = *request.expected_version;
    if (request.expected_lifecycle) command.expected_lifecycle = *request.expected_lifecycle;
    return std::make_shared<const domain::envelope>(std::move(command));
}

boost::asio::awaitable<remediation_answer> redrive(command_shell& through, readers& from,
                                                   redrive_request request) {
    const auto letter_now = [id = request.id](reader& r) { return r.log.dead_letter(id); };
    auto letter = co_await from.read(letter_now);
    if (letter.empty()) co_return remediation_answer{.fate = remediation_fate::unknown};
    if (request.seen && letter.back().position != *request.seen)
        co_return remediation_answer{.fate = remediation_fate::changed,
                                     .letter = std::move(letter)};
    // A redriven one may be asked for again: its key finds what was written and tells it again.
    if (is_closed(letter))
        co_return remediation_answer{.fate = remediation_fate::closed, .letter = std::move(letter)};

    // The same guarded way as any command's, so a race with its submitter is settled by the log.
    const auto& parked = std::get<domain::command_parked>(letter.front().what);
    auto outcomes = co_await through.submit(submission_of(parked, request));
    if (outcomes.front().kind == outcome_kind::unavailable)
        throw eventstore::unavailable(
            "the redrive could not be settled in time; it is safe to ask again");
    letter = co_await from.read(letter_now);
    co_return remediation_answer{.fate = fate_of(request, outcomes.front(), letter),
                                 .letter = std::move(letter),
                                 .result = std::move(outcomes.front())};
}

boost::asio::awaitable<remediation_answer> discard(readers& by, eventstore::letter_seen letter,
                                                   domain::command_discarded what) {
    co_return co_await by.read([letter, &what](reader& r) {
        const auto fate = r.log.discard(letter, what);
        return remediation_answer{.fate = fate, .letter = r.log.dead_letter(letter.id)};
    });
}

redrive_preview preview(eventstore::log& from, const redrive_request& request) {
    redrive_preview seen{.letter = from.dead_letter(request.id)};
    if (seen.letter.empty()) return seen;
    const auto& parked = std::get<domain::command_parked>(seen.letter.front().what);
    const auto command = redriven_command(parked, request);
    seen.is_open = status_of(seen.letter) == domain::dead_letter_status::parked;
    seen.now = from.load(partition_of(request.id), std::span(&command->who, 1)).heads.front();
    seen.would = judge_at_last(*command, seen.now);
    seen.conflict = command->conflict;
    return seen;
}

} // namespace datadrop::processor
