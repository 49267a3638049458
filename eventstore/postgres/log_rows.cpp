#include "eventstore/postgres/log_rows.hpp"

#include "eventstore/chain.hpp"
#include "eventstore/dead_letter_codec.hpp"

namespace datadrop::eventstore::postgres {
namespace {

domain::timestamp time_of(std::int64_t micros) {
    return domain::timestamp(std::chrono::microseconds(micros));
}

constexpr int chain_columns = 7;
constexpr int step_columns = 18;

/// A row of datadrop.append_chain.
void add_chain(records& to, std::int64_t number, const chain& c) {
    to.start();
    to.integer(number);
    to.bigint(domain::number_of(c.who.guild));
    to.bigint(domain::number_of(c.who.user));
    to.bigint(domain::number_of(c.expected.version));
    to.smallint(domain::number_of(c.expected.member.current));
    to.boolean(c.expected.member.has_email);
    to.bigint(c.expected.member.lifecycle);
}

/// Rows of datadrop.append_step: those of one chain after those of the ones before.
class step_rows {
  public:
    void add(std::int64_t chain_number, const chain& c) {
        auto at = c.expected;
        for (const auto& s : c.steps) {
            if (s.event) at = {domain::next(at.version), domain::evolve(at.member, *s.event)};
            start(chain_number, c.who, at.version);
            add_event(s.event);
            add_command(*s.command);
            s.event ? rows_.bytea(encode(s.event->data)) : rows_.no_bytea();
            rows_.boolean(at.member.has_email);
            rows_.bigint(at.member.lifecycle);
            rows_.bigint(number_of(s.submission));
        }
    }

    records take() && { return std::move(rows_); }

  private:
    void start(std::int64_t chain_number, domain::member_id who, domain::stream_version version) {
        rows_.start();
        rows_.integer(++number_);
        rows_.integer(chain_number);
        rows_.bigint(domain::number_of(who.guild));
        rows_.bigint(domain::number_of(who.user));
        rows_.bigint(domain::number_of(version));
    }
    void add_event(const std::optional<domain::event>& e) {
        if (!e) {
            for (int column = 0; column < 3; ++column)
                rows_.no_smallint();
            return;
        }
        rows_.smallint(domain::number_of(e->kind));
        rows_.smallint(domain::number_of(e->from));
        rows_.smallint(domain::number_of(e->to));
    }
    void add_command(const domain::envelope& command) {
        rows_.smallint(domain::number_of(command.by.from));
        rows_.text(command.idempotency_key);
        rows_.maybe_text(command.actor);
        rows_.maybe_text(command.reason);
        rows_.maybe_text(command.correlation_id);
        rows_.maybe_timestamptz(command.occurred_at);
    }

    records rows_{"datadrop.append_step", step_columns};
    std::int64_t number_ = 0;
};

/// Null in events that were written before submissions had numbers.
submission_number submission_in(const rows& answer, std::size_t row, int column) {
    return submission_number{answer.maybe_number(row, column).value_or(0)};
}

recorded recorded_in(const rows& answer, std::size_t row, int column) {
    return {.event = enumerator<domain::event_kind>(answer.number(row, column + 1)),
            .data = decode_payload(answer.bytes(row, column + 5)),
            .state = enumerator<domain::state>(answer.number(row, column + 3)),
            .version = domain::stream_version{answer.number(row, column + 2)},
            .position = global_position{answer.number(row, column)},
            .lifecycle = answer.number(row, column + 4),
            .submission = submission_in(answer, row, column + 7)};
}

parked parked_in(const rows& answer, std::size_t row, int column) {
    const auto event = decode_dead_letter_event(answer.bytes(row, column + 5));
    const auto* what = std::get_if<domain::command_parked>(&event);
    if (what == nullptr) throw corrupt_event("a dead letter does not begin with CommandParked");
    return {.id = dead_letter_id{answer.number(row, column)},
            .status = enumerator<domain::dead_letter_status>(answer.number(row, column + 6)),
            .command = what->command.kind,
            .data = what->command.data,
            .attempts = static_cast<int>(what->attempts.size()),
            .submission = submission_in(answer, row, column + 7)};
}

/// As append numbers the fates of the chains that it refuses.
fate refusal_in(const rows& answer, std::size_t row) {
    switch (const auto number = answer.number(row, 1)) {
    case 2:
        return fate::conflict;
    case 3:
        return fate::key_found;
    default:
        throw corrupt_event("a chain was refused for the unknown reason " + std::to_string(number));
    }
}

/// Fates of chains none of which is refused, not placed yet.
std::vector<chain_fate> passed(const chain_refs& chains) {
    std::vector<chain_fate> fates;
    fates.reserve(chains.size());
    for (const chain& c : chains)
        fates.push_back(
            {.what = count_events(c) > 0 ? fate::appended : fate::confirmed, .found = c.after});
    return fates;
}

/// Those that were appended stand behind one another from `first` on.
void place_appended(std::vector<chain_fate>& fates, const chain_refs& chains,
                    global_position first) {
    for (std::size_t i = 0; i < fates.size(); ++i) {
        if (fates[i].what != fate::appended) continue;
        fates[i].first = first;
        first =
            global_position{number_of(first) + static_cast<std::int64_t>(count_events(chains[i]))};
    }
}

/// Which step of its chain that is, of all steps numbered from 1.
std::size_t step_in_chain(const chain_refs& chains, std::size_t of, std::int64_t number) {
    auto step = static_cast<std::size_t>(number) - 1;
    for (std::size_t i = 0; i < of; ++i)
        step -= chains[i].get().steps.size();
    if (step >= chains[of].get().steps.size())
        throw corrupt_event("an answer tells of a step that was not sent");
    return step;
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
    records by_chain("datadrop.append_chain", chain_columns);
    step_rows by_step;
    array address_chains, addresses;
    std::int64_t number = 0;
    for (const chain& c : chains) {
        add_chain(by_chain, ++number, c);
        by_step.add(number, c);
        if (const auto change = address_change(c)) {
            address_chains.add(number);
            addresses.add(*change);
        }
    }
    params values;
    values.add(partition).add(std::move(by_chain)).add(std::move(by_step).take());
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
        for (const auto* s : steps_in_doubt(c)) {
            guilds.add(domain::number_of(c.who.guild));
            users.add(domain::number_of(c.who.user));
            keys.add(s->command->idempotency_key);
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
    array guilds, users, keys, sources, actors, codes, bytes, addresses, submissions;
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
        submissions.add(number_of(commands[i].submission));
    }
    params values;
    values.add(partition);
    for (auto* column :
         {&guilds, &users, &keys, &sources, &actors, &codes, &bytes, &addresses, &submissions})
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
    if (answer.is_null(row, column + 6)) return recorded_in(answer, row, column);
    return parked_in(answer, row, column);
}

std::optional<written_event> written_event_in(const rows& answer, std::size_t row) {
    if (answer.is_null(row, 1)) return std::nullopt;
    return written_event{.by = submission_in(answer, row, 0),
                         .position = global_position{answer.number(row, 1)}};
}

std::vector<chain_fate> fates_in(const rows& answer, const chain_refs& chains) {
    auto fates = passed(chains);
    global_position first{};
    for (std::size_t row = 0; row < answer.size(); ++row) {
        first = global_position{answer.maybe_number(row, 6).value_or(0)};
        const auto number = static_cast<std::size_t>(answer.number(row, 0));
        if (number == 0) continue;
        if (number > fates.size())
            throw corrupt_event("an answer tells of a chain that was not sent");
        auto& one = fates[number - 1];
        one.what = refusal_in(answer, row);
        one.found = head_in(answer, row, 2);
        if (auto holder = key_holder_in(answer, row, 8))
            one.keys.push_back({.step = step_in_chain(chains, number - 1, answer.number(row, 7)),
                                .holder = std::move(*holder)});
    }
    place_appended(fates, chains, first);
    return fates;
}

stored_event stored_event_in(const rows& answer, std::size_t row) {
    switch (const auto kind = answer.number(row, 1)) {
    case 0:
        return membership_event_in(answer, row);
    case 1:
        return dead_letter_event_in(answer, row);
    default:
        throw corrupt_event("an event is of the unknown kind " + std::to_string(kind));
    }
}

} // namespace datadrop::eventstore::postgres
