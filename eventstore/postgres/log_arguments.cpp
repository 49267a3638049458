// The rows that the log's statements are given. Enumerators travel as their numbers, payloads as
// the bytes of the codecs, and a list as arrays of equal length, a column each, but for the two
// that an append has most of: those are arrays of composite types, in binary.
//
//   append_chain   number (from 1), guild, user, and the head that the chain was decided on:
//   version,
//                  state, has_email, lifecycle; and whether that is exact
//   append_step    number (from 1 over all chains), chain, guild, user, version, event, from, to,
//                  source, key, actor, reason, correlation id, occurred_at, payload, has_email and
//                  lifecycle after it, submission; a step that is only checked has no event, from,
//                  to and payload
//
// Behind them come the chains whose member's address changes, and what it becomes: null to erase
// it.
#include "eventstore/postgres/log_arguments.hpp"

#include "eventstore/chain.hpp"
#include "eventstore/dead_letter_codec.hpp"
#include "eventstore/settling.hpp"

#include <algorithm>

namespace datadrop::eventstore::postgres {
namespace {

void add_if_given(params& to, std::optional<global_position> position) {
    position ? to.add(number_of(*position)) : to.add_null();
}

constexpr int chain_columns = 8;
constexpr int step_columns = 18;

void add_chain(records& to, std::int64_t number, const chain& c) {
    to.start();
    to.integer(number);
    to.bigint(domain::number_of(c.who.guild));
    to.bigint(domain::number_of(c.who.user));
    to.bigint(domain::number_of(c.expected.version));
    to.smallint(domain::number_of(c.expected.member.current));
    to.boolean(c.expected.member.has_email);
    to.bigint(c.expected.member.lifecycle);
    to.boolean(c.known == knowledge::exact);
}

/// Whether anything of the chain is looked up although the tail is the expected one.
bool is_looked_up(const chain& c) {
    return c.known == knowledge::hint ||
           std::ranges::any_of(c.steps, [](const step& s) { return !s.event; });
}

/// The steps of one chain after those of the ones before.
class step_rows {
  public:
    void add(std::int64_t chain_number, const chain& c) {
        // Each step says what the fold is after it: the member's head is read from there, and a
        // step that writes nothing leaves it as it was.
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

/// History, tail, and of the append ahead how many events, the first submission and the last.
void add(params& values, const std::optional<expectation>& expected) {
    if (expected)
        values.add(expected->at.history).add(number_of(expected->at.tail));
    else
        values.add_null().add_null();
    if (expected && expected->ahead && expected->ahead->events > 0)
        values.add(expected->ahead->events)
            .add(number_of(expected->ahead->first))
            .add(number_of(expected->ahead->last));
    else
        values.add_null().add_null().add_null();
}

/// What append and redrive have in common.
void add_chains(params& values, const chain_refs& chains) {
    records by_chain("datadrop.append_chain", chain_columns);
    step_rows by_step;
    // Few chains change an address, so the others do not carry a column for it.
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
    values.add(std::move(by_chain)).add(std::move(by_step).take());
    values.add_literal(std::move(address_chains).text());
    values.add_literal(std::move(addresses).text());
}

} // namespace

params members_as_params(partition_number partition, std::span<const domain::member_id> members) {
    array guilds, users;
    for (const auto& who : members) {
        guilds.add(domain::number_of(who.guild));
        users.add(domain::number_of(who.user));
    }
    return params{}
        .add(number_of(partition))
        .add_literal(std::move(guilds).text())
        .add_literal(std::move(users).text());
}

params chains_as_params(partition_number partition, const chain_refs& chains,
                        const std::optional<expectation>& expected) {
    params values;
    values.add(number_of(partition));
    add(values, expected);
    values.add(std::ranges::any_of(chains, is_looked_up) ? "t" : "f");
    add_chains(values, chains);
    return values;
}

params redrive_as_params(partition_number partition, const chain& redriven) {
    const auto& asked = *redriven.steps.front().redriven;
    params values;
    values.add(number_of(partition));
    add_chains(values, {redriven});
    // The letter's own event goes with the member's, so that both are written or neither.
    values.add(number_of(asked.id));
    values.add(domain::number_of(asked.by.from)).add(asked.by.name).add(asked.reason);
    values.add_bytes(encode(domain::command_redriven{.by = asked.by, .reason = asked.reason}));
    add_if_given(values, asked.seen);
    return values;
}

params written_keys_as_params(partition_number partition, std::span<const chain> chains) {
    array guilds, users, keys;
    for (const auto& c : chains) {
        for (const auto* s : steps_in_doubt(c)) {
            guilds.add(domain::number_of(c.who.guild));
            users.add(domain::number_of(c.who.user));
            keys.add(s->command->idempotency_key);
        }
    }
    return params{}
        .add(number_of(partition))
        .add_literal(std::move(guilds).text())
        .add_literal(std::move(users).text())
        .add_literal(std::move(keys).text());
}

params parkings_as_params(partition_number partition, std::span<const parking> commands,
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
        // Apart from the payload, which has none: an address can be erased, an event cannot.
        addresses.add(command.address);
        submissions.add(number_of(commands[i].submission));
    }
    params values;
    values.add(number_of(partition));
    for (auto* column :
         {&guilds, &users, &keys, &sources, &actors, &codes, &bytes, &addresses, &submissions})
        values.add_literal(std::move(*column).text());
    return values;
}

params remediation_as_params(const remediation_row& row) {
    params values;
    values.add(number_of(partition_of(row.letter.id)))
        .add(number_of(row.letter.id))
        .add(domain::number_of(domain::kind_of(row.what)))
        .add(domain::number_of(domain::evolve(domain::dead_letter_status::parked, row.what)))
        .add(domain::number_of(row.by.from))
        .add(row.by.name)
        .add(row.reason)
        .add_bytes(encode(row.what));
    add_if_given(values, row.letter.seen);
    return values;
}

params scan_as_params(partition_number partition, global_position from, const event_filter& wanted,
                      std::size_t limit) {
    params values;
    values.add(number_of(partition)).add(number_of(from)).add(log::scan_length);
    wanted.guild ? values.add(domain::number_of(*wanted.guild)) : values.add_null();
    array kinds;
    for (const auto kind : wanted.kinds)
        kinds.add(domain::number_of(kind));
    wanted.kinds.empty() ? values.add_null() : values.add_literal(std::move(kinds).text());
    return values.add(static_cast<std::int64_t>(limit));
}

} // namespace datadrop::eventstore::postgres
