// The rows that the log's statements answer with. Enumerators are their numbers, times microseconds
// since 1970, payloads the bytes of the codecs.
//
//   head        version, state, has_email, lifecycle
//   member      head, has parked keys, history, tail: of load_heads and reserve, a row a member
//   holder      of a key: position, event, version, state, lifecycle, payload, status, submission.
//               All null when nobody holds it; status null when an event used it, and otherwise
//               that of the dead letter at the position, whose CommandParked the payload is
//   fate        of append and redrive: chain, what the row says, head, first position, step,
//   holder,
//               member, history, since. Row by row as append.sql tells; what it says of nobody went
//               as it should
//   park        parked as (null when somebody holds the key), head, holder: a row a command
//   written     of find_keys: submission, position; null for a key that is not used
//   event       of what reads: the columns of datadrop.events, all kinds in one row
#include "eventstore/postgres/log_rows.hpp"

#include "eventstore/chain.hpp"
#include "eventstore/dead_letter_codec.hpp"

#include <fmt/format.h>

namespace datadrop::eventstore::postgres {
namespace {

enum class head_column { version, state, has_email, lifecycle, end };

enum class holder_column {
    position,
    event,
    version,
    state,
    lifecycle,
    payload,
    status,
    submission,
    end
};

constexpr int head_columns = static_cast<int>(head_column::end);

enum class member_column { found, has_parked = head_columns, history, tail };

enum class fate_column {
    chain,
    fate,
    found, // the first of a head's
    first_position = found + head_columns,
    step,
    holder, // the first of a holder's
    moved_guild = holder + static_cast<int>(holder_column::end),
    moved_user,
    history,
    since
};

/// What a row of an append says.
enum class saying { end = 0, conflict = 2, key_found, has_parked, head_now, dead_letter_now };

/// What others wrote since the expected tail, as the end says.
enum class since { nothing, told, unknown };

enum class park_column {
    parked_as,
    found, // the first of a head's
    holder = found + head_columns
};

enum class written_column { submission, position };

enum class event_column {
    position,
    kind,
    guild,
    user,
    version,
    event,
    from,
    to,
    source,
    key,
    actor,
    reason,
    correlation_id,
    occurred_at,
    recorded_at,
    letter,
    payload
};

/// Null in events that were written before submissions had numbers.
submission_number submission_in(const rows& answer, std::size_t row, column where) {
    return submission_number{answer.maybe_number(row, where).value_or(0)};
}

/// Four columns from `first` on.
head head_in(const rows& answer, std::size_t row, column first) {
    using enum head_column;
    return {.version = domain::stream_version{answer.number(row, first + version)},
            .member = {.current = enumerator<domain::state>(
                           answer.number(row, first + head_column::state)),
                       .has_email = answer.flag(row, first + has_email),
                       .lifecycle = answer.number(row, first + lifecycle)}};
}

recorded recorded_in(const rows& answer, std::size_t row, column first) {
    using enum holder_column;
    return {.event = enumerator<domain::event_kind>(answer.number(row, first + event)),
            .data = decode_payload(answer.bytes(row, first + payload)),
            .state = enumerator<domain::state>(answer.number(row, first + state)),
            .version = domain::stream_version{answer.number(row, first + version)},
            .position = global_position{answer.number(row, first + position)},
            .lifecycle = answer.number(row, first + lifecycle),
            .submission = submission_in(answer, row, first + submission)};
}

parked parked_in(const rows& answer, std::size_t row, column first) {
    using enum holder_column;
    const auto decoded = decode_dead_letter_event(answer.bytes(row, first + payload));
    const auto* what = std::get_if<domain::command_parked>(&decoded);
    if (what == nullptr) throw corrupt_event("a dead letter does not begin with CommandParked");
    return parked_as(dead_letter_id{answer.number(row, first + position)},
                     enumerator<domain::dead_letter_status>(answer.number(row, first + status)),
                     *what, submission_in(answer, row, first + submission));
}

/// Eight columns from `first` on; nothing for nulls.
std::optional<key_holder> key_holder_in(const rows& answer, std::size_t row, column first) {
    if (answer.is_null(row, first + holder_column::position)) return std::nullopt;
    if (answer.is_null(row, first + holder_column::status)) return recorded_in(answer, row, first);
    return parked_in(answer, row, first);
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

/// Those that were appended stand behind one another from `first` on. Gives how many events.
std::int64_t place_appended(std::vector<chain_fate>& fates, const chain_refs& chains,
                            global_position first) {
    std::int64_t events = 0;
    for (std::size_t i = 0; i < fates.size(); ++i) {
        if (fates[i].what != fate::appended) continue;
        fates[i].first = global_position{number_of(first) + events};
        events += static_cast<std::int64_t>(count_events(chains[i]));
    }
    return events;
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

domain::member_id member_in(const rows& answer, std::size_t row, column guild, column user) {
    return {domain::guild_id{answer.number(row, guild)}, domain::user_id{answer.number(row, user)}};
}

domain::member_id member_in(const rows& answer, std::size_t row) {
    return member_in(answer, row, event_column::guild, event_column::user);
}

moved_member moved_in(const rows& answer, std::size_t row, saying what) {
    moved_member moved{member_in(answer, row, fate_column::moved_guild, fate_column::moved_user)};
    if (what == saying::head_now) moved.now = head_in(answer, row, fate_column::found);
    return moved;
}

/// Reads what an append answers, row by row.
class append_reader {
  public:
    append_reader(const rows& answer, const chain_refs& chains)
        : answer_(answer), chains_(chains), result_{.fates = passed(chains)} {}

    append_result read() && {
        // Append is silent on what went as it should, so that a batch without a conflict is
        // answered with one row: all have passed until a row says otherwise.
        for (std::size_t row = 0; row < answer_.size(); ++row)
            read(row);
        return std::move(result_);
    }

  private:
    void read(std::size_t row) {
        switch (const auto what = answer_.number(row, fate_column::fate); saying{int(what)}) {
        case saying::end:
            return read_end(row);
        case saying::conflict:
            return refuse(row, fate::conflict);
        case saying::key_found:
            return refuse(row, fate::key_found);
        case saying::has_parked:
            fate_of(row).has_parked_keys = true;
            return;
        case saying::head_now:
        case saying::dead_letter_now:
            result_.moved.push_back(moved_in(answer_, row, saying{int(what)}));
            return;
        default:
            throw corrupt_event(fmt::format("an append answers with the unknown row {}", what));
        }
    }

    std::size_t chain_of(std::size_t row) const {
        const auto number = static_cast<std::size_t>(answer_.number(row, fate_column::chain));
        if (number == 0 || number > result_.fates.size())
            throw corrupt_event("an answer tells of a chain that was not sent");
        return number - 1;
    }
    chain_fate& fate_of(std::size_t row) { return result_.fates[chain_of(row)]; }

    void refuse(std::size_t row, fate why) {
        auto& one = fate_of(row);
        one.what = why;
        one.found = head_in(answer_, row, fate_column::found);
        if (auto holder = key_holder_in(answer_, row, fate_column::holder))
            one.keys.push_back({.step = step_in_chain(chains_, chain_of(row),
                                                      answer_.number(row, fate_column::step)),
                                .holder = std::move(*holder)});
    }

    /// Only now is it known who was refused, and takes no position.
    void read_end(std::size_t row) {
        const auto first = answer_.number(row, fate_column::first_position);
        const auto written = place_appended(result_.fates, chains_, global_position{first});
        result_.at = log_point{.history = answer_.number(row, fate_column::history),
                               .tail = global_position{first - 1 + written}};
        result_.followed =
            answer_.number(row, fate_column::since) < static_cast<int>(since::unknown);
    }

    const rows& answer_;
    const chain_refs& chains_;
    append_result result_;
};

stored_membership_event membership_event_in(const rows& answer, std::size_t row) {
    using enum event_column;
    return {.position = global_position{answer.number(row, position)},
            .who = member_in(answer, row),
            .version = domain::stream_version{answer.number(row, version)},
            .what = {.kind = enumerator<domain::event_kind>(answer.number(row, event)),
                     .from = enumerator<domain::state>(answer.number(row, from)),
                     .to = enumerator<domain::state>(answer.number(row, to)),
                     .data = decode_payload(answer.bytes(row, payload))},
            .from = enumerator<domain::source>(answer.number(row, source)),
            .idempotency_key = std::string(answer.text(row, key)),
            .actor = answer.maybe_text(row, actor),
            .reason = answer.maybe_text(row, reason),
            .correlation_id = answer.maybe_text(row, correlation_id),
            .occurred_at = answer.maybe_time(row, occurred_at),
            .recorded_at = answer.time(row, recorded_at)};
}

stored_dead_letter_event dead_letter_event_in(const rows& answer, std::size_t row) {
    using enum event_column;
    return {.position = global_position{answer.number(row, position)},
            .letter = dead_letter_id{answer.number(row, letter)},
            .who = member_in(answer, row),
            .what = decode_dead_letter_event(answer.bytes(row, payload)),
            .recorded_at = answer.time(row, recorded_at)};
}

} // namespace

members_seen members_in(const rows& answer) {
    members_seen seen;
    for (std::size_t row = 0; row < answer.size(); ++row) {
        seen.heads.push_back(head_in(answer, row, member_column::found));
        seen.has_parked_keys.push_back(answer.flag(row, member_column::has_parked));
    }
    if (answer.size() > 0)
        seen.at = log_point{.history = answer.number(0, member_column::history),
                            .tail = global_position{answer.number(0, member_column::tail)}};
    return seen;
}

append_result append_result_in(const rows& answer, const chain_refs& chains) {
    return append_reader(answer, chains).read();
}

std::vector<park_fate> park_fates_in(const rows& answer) {
    std::vector<park_fate> fates;
    for (std::size_t row = 0; row < answer.size(); ++row)
        fates.push_back(
            {.id = dead_letter_id{answer.maybe_number(row, park_column::parked_as).value_or(0)},
             .holder = key_holder_in(answer, row, park_column::holder),
             .found = head_in(answer, row, park_column::found)});
    return fates;
}

std::vector<std::optional<written_event>> written_events_in(const rows& answer) {
    std::vector<std::optional<written_event>> found(answer.size());
    for (std::size_t row = 0; row < answer.size(); ++row)
        if (const auto position = answer.maybe_number(row, written_column::position))
            found[row] = written_event{.by = submission_in(answer, row, written_column::submission),
                                       .position = global_position{*position}};
    return found;
}

remediation_fate remediation_fate_in(const rows& answer, domain::remediation asked) {
    constexpr std::int64_t changed = -1;
    const auto number = answer.maybe_number();
    if (!number) return fate_of(std::nullopt, asked);
    if (*number == changed) return remediation_fate::changed;
    return fate_of(enumerator<domain::dead_letter_status>(*number), asked);
}

stored_event stored_event_in(const rows& answer, std::size_t row) {
    // One statement reads both kinds of stream, as they lie behind one another in the log.
    switch (const auto kind = answer.number(row, event_column::kind)) {
    case 0:
        return membership_event_in(answer, row);
    case 1:
        return dead_letter_event_in(answer, row);
    default:
        throw corrupt_event("an event is of the unknown kind " + std::to_string(kind));
    }
}

std::vector<stored_event> stored_events_in(const rows& answer) {
    std::vector<stored_event> events;
    events.reserve(answer.size());
    for (std::size_t row = 0; row < answer.size(); ++row)
        events.push_back(stored_event_in(answer, row));
    return events;
}

} // namespace datadrop::eventstore::postgres
