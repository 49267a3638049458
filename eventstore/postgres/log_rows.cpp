#include "eventstore/postgres/log_rows.hpp"

#include "eventstore/chain.hpp"
#include "eventstore/dead_letter_codec.hpp"

namespace datadrop::eventstore::postgres {
namespace {

std::int64_t micros_of(domain::timestamp t) { return t.time_since_epoch().count(); }
domain::timestamp time_of(std::int64_t micros) {
    return domain::timestamp(std::chrono::microseconds(micros));
}

/// The arrays of append that have an element a chain.
struct chain_arrays {
    array guilds, users, expected_versions, expected_states;
    array after_versions, after_states, after_has_email, after_lifecycles;

    void add(const chain& c) {
        guilds.add(domain::number_of(c.who.guild));
        users.add(domain::number_of(c.who.user));
        expected_versions.add(domain::number_of(c.expected.version));
        expected_states.add(domain::number_of(c.expected.member.current));
        after_versions.add(domain::number_of(c.after.version));
        after_states.add(domain::number_of(c.after.member.current));
        after_has_email.add(std::string_view(c.after.member.has_email ? "t" : "f"));
        after_lifecycles.add(c.after.member.lifecycle);
    }
    void move_to(params& to) && {
        for (auto* column : {&guilds, &users, &expected_versions, &expected_states, &after_versions,
                             &after_states, &after_has_email, &after_lifecycles})
            to.add_literal(std::move(*column).text());
    }
};

/// The arrays of append that have an element a step.
struct step_arrays {
    array chains, keys, versions, events, from_states, to_states, sources;
    array actors, reasons, correlation_ids, occurred_at, payloads;

    void add(std::size_t chain_number, const step& s, domain::stream_version version) {
        const auto& command = *s.command;
        chains.add(static_cast<std::int64_t>(chain_number));
        keys.add(command.idempotency_key);
        versions.add(domain::number_of(version));
        sources.add(domain::number_of(command.by.from));
        actors.add(command.actor);
        reasons.add(command.reason);
        correlation_ids.add(command.correlation_id);
        command.occurred_at ? occurred_at.add(micros_of(*command.occurred_at))
                            : occurred_at.add_null();
        add_event(s.event);
    }
    void add_event(const std::optional<domain::event>& e) {
        if (!e) {
            for (auto* column : {&events, &from_states, &to_states, &payloads})
                column->add_null();
            return;
        }
        events.add(domain::number_of(e->kind));
        from_states.add(domain::number_of(e->from));
        to_states.add(domain::number_of(e->to));
        payloads.add_bytes(encode(e->data));
    }
    void move_to(params& to) && {
        for (auto* column : {&chains, &keys, &versions, &events, &from_states, &to_states, &sources,
                             &actors, &reasons, &correlation_ids, &occurred_at, &payloads})
            to.add_literal(std::move(*column).text());
    }
};

recorded recorded_in(const rows& answer, std::size_t row, int column) {
    return {.event = enumerator<domain::event_kind>(answer.number(row, column + 1)),
            .data = decode_payload(answer.bytes(row, column + 4)),
            .state = enumerator<domain::state>(answer.number(row, column + 3)),
            .version = domain::stream_version{answer.number(row, column + 2)},
            .position = global_position{answer.number(row, column)}};
}

parked parked_in(const rows& answer, std::size_t row, int column) {
    const auto event = decode_dead_letter_event(answer.bytes(row, column + 4));
    const auto* what = std::get_if<domain::command_parked>(&event);
    if (what == nullptr) throw corrupt_event("a dead letter does not begin with CommandParked");
    return {.id = dead_letter_id{answer.number(row, column)},
            .status = enumerator<domain::dead_letter_status>(answer.number(row, column + 5)),
            .command = what->command.kind,
            .data = what->command.data,
            .attempts = static_cast<int>(what->attempts.size())};
}

/// Those that were appended stand behind one another from `first` on.
void place_appended(std::vector<chain_fate>& fates, const chain_refs& chains,
                    global_position first) {
    for (std::size_t i = 0; i < fates.size(); ++i) {
        if (fates[i].what != fate::appended) continue;
        const chain& written = chains[i];
        fates[i].found = written.after;
        fates[i].first = first;
        first = global_position{number_of(first) + number_of(written.after.version) -
                                number_of(written.expected.version)};
    }
}

domain::member_id member_in(const rows& answer, std::size_t row) {
    return {domain::guild_id{answer.number(row, 2)}, domain::user_id{answer.number(row, 3)}};
}

stored_membership_event membership_event_in(const rows& answer, std::size_t row) {
    stored_membership_event e{
        .position = global_position{answer.number(row, 0)},
        .who = member_in(answer, row),
        .version = domain::stream_version{answer.number(row, 4)},
        .what = {.kind = enumerator<domain::event_kind>(answer.number(row, 5)),
                 .from = enumerator<domain::state>(answer.number(row, 6)),
                 .to = enumerator<domain::state>(answer.number(row, 7)),
                 .data = decode_payload(answer.bytes(row, 16))},
        .from = enumerator<domain::source>(answer.number(row, 8)),
        .idempotency_key = std::string(answer.text(row, 9)),
        .actor = answer.maybe_text(row, 10),
        .reason = answer.maybe_text(row, 11),
        .correlation_id = answer.maybe_text(row, 12),
        .recorded_at = time_of(answer.number(row, 14))};
    if (const auto occurred = answer.maybe_number(row, 13)) e.occurred_at = time_of(*occurred);
    return e;
}

stored_dead_letter_event dead_letter_event_in(const rows& answer, std::size_t row) {
    return {.position = global_position{answer.number(row, 0)},
            .letter = dead_letter_id{answer.number(row, 15)},
            .who = member_in(answer, row),
            .what = decode_dead_letter_event(answer.bytes(row, 16)),
            .recorded_at = time_of(answer.number(row, 14))};
}

} // namespace

params members_as_params(int partition, std::span<const domain::member_id> members) {
    array guilds, users;
    for (const auto& who : members) {
        guilds.add(domain::number_of(who.guild));
        users.add(domain::number_of(who.user));
    }
    return params{}
        .add(partition)
        .add_literal(std::move(guilds).text())
        .add_literal(std::move(users).text());
}

params chains_as_params(int partition, const chain_refs& chains) {
    chain_arrays by_chain;
    step_arrays by_step;
    array address_chains, addresses;
    for (std::size_t i = 0; i < chains.size(); ++i) {
        const chain& c = chains[i];
        by_chain.add(c);
        auto version = c.expected.version;
        for (const auto& s : c.steps) {
            if (s.event) version = domain::next(version);
            by_step.add(i + 1, s, version);
        }
        if (const auto change = address_change(c)) {
            address_chains.add(static_cast<std::int64_t>(i + 1));
            addresses.add(*change);
        }
    }
    params values;
    values.add(partition);
    std::move(by_chain).move_to(values);
    std::move(by_step).move_to(values);
    values.add_literal(std::move(address_chains).text());
    values.add_literal(std::move(addresses).text());
    return values;
}

params redrive_as_params(int partition, const chain& redriven) {
    const auto& asked = *redriven.steps.front().redriven;
    auto values = chains_as_params(partition, {redriven});
    values.add(number_of(asked.id));
    values.add(domain::number_of(asked.by.from)).add(asked.by.name).add(asked.reason);
    values.add_bytes(encode(domain::command_redriven{.by = asked.by, .reason = asked.reason}));
    return values;
}

params written_keys_as_params(int partition, std::span<const chain> chains) {
    array guilds, users, keys;
    for (const auto& c : chains) {
        for (const auto& s : c.steps) {
            if (!s.event) continue;
            guilds.add(domain::number_of(c.who.guild));
            users.add(domain::number_of(c.who.user));
            keys.add(s.command->idempotency_key);
        }
    }
    return params{}
        .add(partition)
        .add_literal(std::move(guilds).text())
        .add_literal(std::move(users).text())
        .add_literal(std::move(keys).text());
}

params parkings_as_params(int partition, std::span<const parking> commands,
                          std::span<const std::vector<std::uint8_t>> payloads) {
    array guilds, users, keys, sources, actors, codes, bytes, addresses;
    for (std::size_t i = 0; i < commands.size(); ++i) {
        const auto& command = *commands[i].command;
        guilds.add(domain::number_of(command.who.guild));
        users.add(domain::number_of(command.who.user));
        keys.add(command.idempotency_key);
        sources.add(domain::number_of(command.by.from));
        actors.add(command.by.name);
        codes.add(commands[i].code);
        bytes.add_bytes(payloads[i]);
        addresses.add(command.address);
    }
    params values;
    values.add(partition);
    for (auto* column : {&guilds, &users, &keys, &sources, &actors, &codes, &bytes, &addresses})
        values.add_literal(std::move(*column).text());
    return values;
}

params remediation_as_params(const remediation_row& row) {
    return params{}
        .add(partition_of(row.id))
        .add(number_of(row.id))
        .add(domain::number_of(domain::kind_of(row.what)))
        .add(domain::number_of(row.after))
        .add(domain::number_of(row.by.from))
        .add(row.by.name)
        .add(row.reason)
        .add_bytes(encode(row.what));
}

head head_in(const rows& answer, std::size_t row, int column) {
    return {.version = domain::stream_version{answer.number(row, column)},
            .member = {.current = enumerator<domain::state>(answer.number(row, column + 1)),
                       .has_email = answer.flag(row, column + 2),
                       .lifecycle = answer.number(row, column + 3)}};
}

std::optional<key_holder> key_holder_in(const rows& answer, std::size_t row, int column) {
    if (answer.is_null(row, column)) return std::nullopt;
    if (answer.is_null(row, column + 5)) return recorded_in(answer, row, column);
    return parked_in(answer, row, column);
}

std::vector<chain_fate> fates_in(const rows& answer, const chain_refs& chains) {
    std::vector<chain_fate> fates(chains.size());
    global_position first{};
    for (std::size_t row = 0; row < answer.size(); ++row) {
        first = global_position{answer.maybe_number(row, 6).value_or(0)};
        const auto number = static_cast<std::size_t>(answer.number(row, 0));
        if (number == 0) continue;
        auto& one = fates.at(number - 1);
        one.what = static_cast<fate>(answer.number(row, 1));
        one.found = head_in(answer, row, 2);
        if (auto holder = key_holder_in(answer, row, 8))
            one.keys.push_back({.step = static_cast<std::size_t>(answer.number(row, 7)),
                                .holder = std::move(*holder)});
    }
    place_appended(fates, chains, first);
    return fates;
}

stored_event stored_event_in(const rows& answer, std::size_t row) {
    if (answer.number(row, 1) == 0) return membership_event_in(answer, row);
    return dead_letter_event_in(answer, row);
}

} // namespace datadrop::eventstore::postgres
