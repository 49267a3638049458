#include "tests/sim/support/clients.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <utility>

namespace datadrop::sim {

using processor::outcome_kind;

clients::clients(environment& shared, server& database, model::model& judge, choose_process choose)
    : shared_(shared), server_(database), judge_(judge), choose_(std::move(choose)),
      author_(shared, database) {}

void clients::start(std::function<void()> all_sent) {
    all_sent_ = std::move(all_sent);
    if (shared_.chosen.raid.commands > 0)
        shared_.time.after(shared_.random.between(microseconds(0), milliseconds(20)),
                           [this] { flood(); });
    step();
}

void clients::start_again(int commands, std::function<void()> all_sent) {
    intents_.clear();
    sendings_.clear();
    by_ticket_.clear();
    new_commands_ = 0;
    shared_.chosen.commands = commands;
    shared_.chosen.raid = {};
    start(std::move(all_sent));
}

void clients::write_elsewhere(eventstore::partition_number partition, std::size_t events) {
    for (std::size_t i = 0; i < events; ++i)
        if (const auto one = author_.written_elsewhere(partition))
            static_cast<void>(server_.log().append(partition, {}, {&*one, 1}));
}

bool clients::all_settled() const {
    return std::ranges::all_of(intents_, [](const auto& i) { return i.settled || i.redriven; });
}

/// One step of somebody, and the time of the next.
void clients::step() {
    if (new_commands_ >= shared_.chosen.commands) return all_sent_();
    auto& random = shared_.random;
    const auto& habits = shared_.chosen.clients;
    if (random.chance(habits.operates))
        operate();
    else if (random.chance(habits.sends_again))
        send_again();
    else if (random.chance(habits.reuses_key))
        reuse_key();
    else
        send_new();
    shared_.time.after(random.between(microseconds(0), 2 * shared_.chosen.pace),
                       [this] { step(); });
}

// ---- what they do

/// All at once, in arrays.
void clients::flood() {
    shared_.seen.saw(sight::flood);
    for (int left = shared_.chosen.raid.commands; left > 0;) {
        const int size = std::min(left, shared_.random.between(1, 20));
        std::vector<std::size_t> batch;
        for (int i = 0; i < size; ++i)
            batch.push_back(intend(author_.raider()));
        send(batch);
        left -= size;
    }
}

void clients::send_new() {
    auto& random = shared_.random;
    const int size = random.chance(shared_.chosen.clients.sends_batch) ? random.between(2, 8) : 1;
    std::vector<std::size_t> batch;
    for (int i = 0; i < size; ++i)
        batch.push_back(intend(author_.new_command()));
    new_commands_ += size;
    send(batch);
}

/// The same command; what is not compared may be another.
void clients::send_again() {
    if (intents_.empty()) return;
    auto& random = shared_.random;
    const auto chosen = random.below(intents_.size());
    if (intents_[chosen].redriven) return;
    if (random.chance(0.7)) return send({chosen});
    auto command = *intents_[chosen].command;
    command.reason = "sent again";
    command.expected_state.reset();
    send({intend(std::move(command))});
}

void clients::reuse_key() {
    if (intents_.empty()) return;
    const auto& earlier = *intents_[shared_.random.below(intents_.size())].command;
    send({intend(author_.command_for(earlier.who, earlier.idempotency_key))});
    ++new_commands_;
}

void clients::operate() {
    const auto& letters = judge_.log().letters();
    if (letters.empty()) return;
    auto& random = shared_.random;
    const auto chosen =
        std::next(letters.begin(), static_cast<std::ptrdiff_t>(random.below(letters.size())))
            ->first;
    const int at_once = random.between(1, 2);
    for (int i = 0; i < at_once; ++i)
        random.chance(0.3) ? discard(chosen) : redrive(chosen);
}

/// As processor/service/service.cpp does it.
void clients::redrive(eventstore::dead_letter_id id) {
    const auto& letter = judge_.log().letter_at(id);
    if (letter.discarded) return;
    const domain::submitter by{domain::source::operator_, fmt::format("operator {}", ++remedies_)};
    send({intend(author_.redriven(letter.parked.command, by),
                 eventstore::redrive{.id = id, .by = by, .reason = "looked into"})});
}

void clients::discard(eventstore::dead_letter_id id) {
    const domain::submitter by{domain::source::operator_, fmt::format("operator {}", ++remedies_)};
    auto& db = operators_.emplace_back(shared_, server_, [](auto what) { what(); });
    boost::asio::co_spawn(shared_.io, db.discard(id, {.by = by, .reason = "not wanted"}),
                          [this, id, &db](std::exception_ptr failed, auto fate) {
                              if (failed) std::rethrow_exception(failed);
                              db.drop();
                              shared_.time.after({}, [this, id, fate] {
                                  if (fate) judge_.discarded(id, *fate);
                              });
                          });
}

// ---- the way there and back

std::size_t clients::intend(domain::envelope command, std::optional<eventstore::redrive> redriven) {
    intents_.push_back({.command = std::make_shared<const domain::envelope>(std::move(command)),
                        .redriven = std::move(redriven)});
    return intents_.size() - 1;
}

void clients::send(const std::vector<std::size_t>& intents) {
    sendings batch;
    const auto patience = shared_.random.between(milliseconds(50), milliseconds(5000));
    for (const auto i : intents) {
        sendings_.push_back({.intent = i});
        batch.push_back(sendings_.size() - 1);
        shared_.time.after(patience, [this, sent = batch.back()] {
            if (!sendings_[sent].answered) send_later(sendings_[sent].intent, milliseconds(1));
        });
    }
    auto& to = choose_();
    shared_.time.after(travel(),
                       [this, &to, batch] { to.enter([this, &to, batch] { arrive(to, batch); }); });
}

void clients::arrive(process& at, const sendings& batch) {
    std::vector<processor::submission> submissions;
    for (const auto sent : batch) {
        const auto& wanted = intents_[sendings_[sent].intent];
        const auto t = ++last_ticket_;
        by_ticket_.emplace(t, sent);
        judge_.arrived({.ticket = t,
                        .process = at.number(),
                        .command = wanted.command,
                        .redriven = wanted.redriven});
        submissions.push_back({t, wanted.command, wanted.redriven});
        shared_.told.tell("processor {}: {} arrives: {} of user {} under {}{}", at.number(), t,
                          name_of(wanted.command->kind), number_of(wanted.command->who.user),
                          wanted.command->idempotency_key, wanted.redriven ? ", redriven" : "");
    }
    refused_ = 0;
    at.submit(submissions);
    demand(refused_ == 0 || refused_ == submissions.size(),
           "commands are admitted together or not at all", "{} of {} are refused", refused_,
           submissions.size());
}

/// An answer is on its way; it does not leave a processor that is killed meanwhile.
void clients::answered(const process& by, processor::ticket t, const processor::outcome& said) {
    if (said.kind == outcome_kind::overloaded) ++refused_;
    shared_.time.after(travel(), [this, &by, sent = by_ticket_.at(t), kind = said.kind] {
        if (by.alive()) hear(sent, kind);
    });
}

void clients::hear(std::size_t sent, outcome_kind what) {
    auto& s = sendings_[sent];
    s.answered = true;
    if (what == outcome_kind::overloaded || what == outcome_kind::unavailable)
        return send_later(s.intent, milliseconds(200));
    intents_[s.intent].settled = true;
}

void clients::send_later(std::size_t number, microseconds most) {
    shared_.time.after(shared_.random.between(microseconds(0), most), [this, number] {
        const auto& wanted = intents_[number];
        if (wanted.settled || wanted.redriven) return;
        shared_.seen.saw(sight::resubmitted);
        send({number});
    });
}

} // namespace datadrop::sim
