#include "eventstore/dead_letter_codec.hpp"

#include "domain/payload_rules.hpp"
#include "eventstore/aligned_bytes.hpp"
#include "schemas/dead_letter_events_generated.h"

namespace datadrop::eventstore {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;
using flatbuffers::String;
using attempts_vector = flatbuffers::Vector<Offset<stored::Attempt>>;

template <typename Enum>
std::uint8_t small(Enum value) {
    return static_cast<std::uint8_t>(value);
}

Offset<String> put(FlatBufferBuilder& out, const std::optional<std::string>& text) {
    return text ? out.CreateString(*text) : Offset<String>();
}

Offset<stored::Submitter> put(FlatBufferBuilder& out, const domain::submitter& by) {
    return stored::CreateSubmitter(out, small(by.from), out.CreateString(by.name));
}

constexpr unsigned state_is_stated = 1;
constexpr unsigned version_is_stated = 2;

std::uint8_t bits_of(const domain::stated_expectations& stated) {
    return static_cast<std::uint8_t>((stated.state ? state_is_stated : 0) |
                                     (stated.version ? version_is_stated : 0));
}

domain::stated_expectations stated_in(unsigned bits) {
    return {.state = (bits & state_is_stated) != 0, .version = (bits & version_is_stated) != 0};
}

Offset<stored::Attempt> put(FlatBufferBuilder& out, const domain::attempt& one) {
    const auto why = put(out, one.why);
    stored::AttemptBuilder attempt(out);
    attempt.add_number(one.number);
    if (one.expected_state) attempt.add_expected_state(small(*one.expected_state));
    if (one.expected_version)
        attempt.add_expected_version(domain::number_of(*one.expected_version));
    if (one.found_state) attempt.add_found_state(small(*one.found_state));
    if (one.found_version) attempt.add_found_version(domain::number_of(*one.found_version));
    attempt.add_at(domain::micros_of(one.at));
    attempt.add_why(why);
    if (one.stated) attempt.add_stated(bits_of(*one.stated));
    return attempt.Finish();
}

Offset<attempts_vector> put(FlatBufferBuilder& out, const std::vector<domain::attempt>& attempts) {
    std::vector<Offset<stored::Attempt>> offsets;
    for (const auto& one : attempts)
        offsets.push_back(put(out, one));
    return out.CreateVector(offsets);
}

/// As it was received, but for the address: an event cannot be erased. Texts and tables go before
/// the table that names them, since FlatBuffers are built from the end.
Offset<stored::ReceivedCommand> put(FlatBufferBuilder& out, const domain::envelope& e) {
    const auto payload = eventstore::put(out, e.data);
    const auto key = out.CreateString(e.idempotency_key);
    const auto reason = put(out, e.reason);
    const auto actor = put(out, e.actor);
    const auto correlation_id = put(out, e.correlation_id);
    const auto by = put(out, e.by);
    stored::ReceivedCommandBuilder command(out);
    command.add_guild_id(domain::number_of(e.who.guild));
    command.add_user_id(domain::number_of(e.who.user));
    command.add_command(small(e.kind));
    command.add_payload(payload);
    command.add_idempotency_key(key);
    if (e.expected_state) command.add_expected_state(small(*e.expected_state));
    if (e.expected_version) command.add_expected_version(domain::number_of(*e.expected_version));
    command.add_on_conflict(small(e.conflict));
    command.add_reason(reason);
    command.add_actor(actor);
    command.add_correlation_id(correlation_id);
    if (e.occurred_at) command.add_occurred_at(domain::micros_of(*e.occurred_at));
    command.add_submitted_by(by);
    if (e.expected_lifecycle) command.add_expected_lifecycle(*e.expected_lifecycle);
    return command.Finish();
}

/// Writes the alternative; called by std::visit.
struct happening_writer {
    // Statement by statement where there are several parts: the order in which a call's arguments
    // are built is the compiler's, and with it would be the bytes.
    FlatBufferBuilder& out;

    Offset<void> operator()(const domain::command_parked& e) const {
        const auto command = put(out, e.command);
        const auto attempts = put(out, e.attempts);
        return stored::CreateCommandParked(out, command, attempts, out.CreateString(e.code))
            .Union();
    }
    Offset<void> operator()(const domain::command_redriven& e) const {
        const auto by = put(out, e.by);
        return stored::CreateCommandRedriven(out, by, put(out, e.reason)).Union();
    }
    Offset<void> operator()(const domain::redrive_failed& e) const {
        const auto by = put(out, e.by);
        const auto reason = put(out, e.reason);
        const auto attempts = put(out, e.attempts);
        return stored::CreateRedriveFailed(out, by, reason, out.CreateString(e.code), attempts)
            .Union();
    }
    Offset<void> operator()(const domain::command_discarded& e) const {
        const auto by = put(out, e.by);
        return stored::CreateCommandDiscarded(out, by, out.CreateString(e.reason)).Union();
    }
};

std::optional<std::string> take(const String* text) {
    return text != nullptr ? std::optional(text->str()) : std::nullopt;
}

domain::submitter take(const stored::Submitter& from) {
    return {.from = enumerator<domain::source>(from.source()), .name = from.name()->str()};
}

domain::attempt take(const stored::Attempt& from) {
    domain::attempt one{
        .number = from.number(), .at = domain::time_of(from.at()), .why = take(from.why())};
    // Attempts of before `why` have none and found something, as the defaults of the fields say.
    if (!one.why) {
        one.found_state = enumerator<domain::state>(from.found_state());
        one.found_version = domain::stream_version{from.found_version()};
    }
    if (const auto state = from.expected_state())
        one.expected_state = enumerator<domain::state>(*state);
    if (const auto version = from.expected_version())
        one.expected_version = domain::stream_version{*version};
    if (const auto stated = from.stated()) one.stated = stated_in(*stated);
    return one;
}

std::vector<domain::attempt> take(const attempts_vector& from) {
    std::vector<domain::attempt> attempts;
    for (const auto* one : from)
        attempts.push_back(take(*one));
    return attempts;
}

domain::envelope take(const stored::ReceivedCommand& from) {
    domain::envelope e{.who = {domain::guild_id{from.guild_id()}, domain::user_id{from.user_id()}},
                       .kind = enumerator<domain::command_kind>(from.command()),
                       .data = eventstore::take(*from.payload()),
                       .idempotency_key = from.idempotency_key()->str(),
                       .conflict = enumerator<domain::on_conflict>(from.on_conflict()),
                       .reason = take(from.reason()),
                       .actor = take(from.actor()),
                       .correlation_id = take(from.correlation_id()),
                       .by = take(*from.submitted_by())};
    if (const auto state = from.expected_state())
        e.expected_state = enumerator<domain::state>(*state);
    if (const auto version = from.expected_version())
        e.expected_version = domain::stream_version{*version};
    e.expected_lifecycle = from.expected_lifecycle();
    if (const auto at = from.occurred_at()) e.occurred_at = domain::time_of(*at);
    // The verifier knows the form of a payload, but not which command may have which.
    if (misfit(e.kind, shape_of(e.data)))
        throw corrupt_event("the payload of a parked command does not fit it");
    return e;
}

domain::dead_letter_event take(const stored::DeadLetterEvent& from) {
    if (const auto* e = from.happening_as_CommandParked())
        return domain::command_parked{take(*e->command()), take(*e->attempts()), e->code()->str()};
    if (const auto* e = from.happening_as_CommandRedriven())
        return domain::command_redriven{take(*e->by()), take(e->reason())};
    if (const auto* e = from.happening_as_RedriveFailed())
        return domain::redrive_failed{take(*e->by()), take(e->reason()), e->code()->str(),
                                      take(*e->attempts())};
    if (const auto* e = from.happening_as_CommandDiscarded())
        return domain::command_discarded{take(*e->by()), e->reason()->str()};
    // A newer program may write kinds that this one cannot fold: better none than a wrong status.
    throw corrupt_event("a dead letter's event is of a kind that this program does not know");
}

} // namespace

std::vector<std::uint8_t> encode(const domain::dead_letter_event& happened) {
    FlatBufferBuilder out(512); // more than a usual event takes
    const auto happening = std::visit(happening_writer{out}, happened);
    // The union's numbers are the alternatives' from 1 on.
    const auto kind = static_cast<stored::DeadLetterHappening>(happened.index() + 1);
    stored::FinishDeadLetterEventBuffer(out, stored::CreateDeadLetterEvent(out, kind, happening));
    return {out.GetBufferPointer(), out.GetBufferPointer() + out.GetSize()};
}

domain::dead_letter_event decode_dead_letter_event(std::span<const std::uint8_t> given) {
    const aligned_bytes aligned(given);
    const auto bytes = aligned.get();
    flatbuffers::Verifier verifier(bytes.data(), bytes.size());
    if (!stored::VerifyDeadLetterEventBuffer(verifier))
        throw corrupt_event("the payload of a dead letter's event cannot be read");
    return take(*stored::GetDeadLetterEvent(bytes.data()));
}

} // namespace datadrop::eventstore
