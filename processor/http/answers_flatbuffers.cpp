// The FlatBuffers half of answers.hpp, apart for the sake of the generated code.

#include "processor/http/answers.hpp"

#include "domain/membership.hpp"
#include "processor/http/outcome_detail.hpp"
#include "processor/http/wire_enums.hpp"
#include "schemas/outcomes_generated.h"

namespace datadrop::processor::http {

namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

/// A field that has nothing to say is missing, as in JSON.
Offset<flatbuffers::String> text(FlatBufferBuilder& out, std::string_view given) {
    if (given.empty()) return {};
    return out.CreateString(given.data(), given.size());
}

Offset<flatbuffers::Vector<wire::CommandKind>> allowed(FlatBufferBuilder& out,
                                                       const outcome& what) {
    if (what.kind != outcome_kind::rejected || what.code != outcome_code::transition_not_allowed)
        return {};
    std::vector<wire::CommandKind> kinds;
    for (const auto kind : domain::allowed_commands(what.state))
        kinds.push_back(to_wire<wire::CommandKind>(kind));
    return out.CreateVector(kinds);
}

void add_settled(wire::OutcomeBuilder& built, const outcome& what) {
    // Structs, where a 0 is told from what is missing.
    const wire::Count version{domain::number_of(what.version)};
    const wire::Count lifecycle{what.lifecycle};
    const wire::Flag replayed{what.replayed};
    built.add_state(to_wire<wire::State>(what.state));
    built.add_version(&version);
    built.add_lifecycle(&lifecycle);
    if (what.position) built.add_position(number_of(*what.position));
    built.add_attempts(what.attempts);
    if (what.dead_letter) built.add_dead_letter_id(number_of(*what.dead_letter));
    if (what.kind == outcome_kind::accepted || what.kind == outcome_kind::dead_lettered)
        built.add_replayed(&replayed);
}

Offset<wire::Outcome> write(FlatBufferBuilder& out, const outcome& what) {
    // Texts and vectors first: a table cannot be begun while another thing is built.
    const auto code = text(out, code_name(what));
    const auto detail = text(out, detail_of(what));
    const auto commands = allowed(out, what);
    wire::OutcomeBuilder built{out};
    built.add_outcome(to_wire<wire::OutcomeKind>(what.kind));
    built.add_guild_id(domain::number_of(what.who.guild));
    built.add_user_id(domain::number_of(what.who.user));
    built.add_code(code);
    built.add_detail(detail);
    built.add_allowed(commands);
    if (is_settled(what)) add_settled(built, what);
    return built.Finish();
}

Offset<wire::Outcome> write(FlatBufferBuilder& out, const refused_command& what) {
    const auto code = text(out, name_of(what.why.code));
    const auto detail = text(out, what.why.detail);
    const auto key = text(out, what.idempotency_key.value_or(""));
    wire::OutcomeBuilder built{out};
    built.add_outcome(wire::OutcomeKind::invalid);
    if (what.guild_id) built.add_guild_id(*what.guild_id);
    if (what.user_id) built.add_user_id(*what.user_id);
    built.add_idempotency_key(key);
    built.add_code(code);
    built.add_detail(detail);
    return built.Finish();
}

Offset<wire::Outcome> write(FlatBufferBuilder& out, const item_answer& answer) {
    return answer ? write(out, *answer) : write(out, answer.error());
}

Offset<wire::OutcomeResponse> write_all(FlatBufferBuilder& out, const batch_answer& answer) {
    if (answer.form == batch_form::single)
        return wire::CreateOutcomeResponse(out, write(out, answer.items.front()));
    std::vector<Offset<wire::Outcome>> all;
    all.reserve(answer.items.size());
    for (const auto& item : answer.items)
        all.push_back(write(out, item));
    return wire::CreateOutcomeResponse(out, {}, out.CreateVector(all));
}

} // namespace

std::string to_flatbuffers(const batch_answer& answer) {
    FlatBufferBuilder out;
    wire::FinishOutcomeResponseBuffer(out, write_all(out, answer));
    return {reinterpret_cast<const char*>(out.GetBufferPointer()), out.GetSize()};
}

} // namespace datadrop::processor::http
