#pragma once
// A machine's actions as lines of text, so that a test compares whole lists of them.

#include "processor/core/actions.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace datadrop::test {

using namespace processor;

inline std::string text(const eventstore::head& h) {
    return fmt::format("{} v{}", name_of(h.member.current), number_of(h.version));
}

inline std::string text(const eventstore::step& s) {
    if (!s.event) return fmt::format("{}: check", s.command->idempotency_key);
    return fmt::format("{}: {}{}", s.command->idempotency_key, name_of(s.event->kind),
                       s.redriven ? fmt::format(" of letter {}", number_of(s.redriven->id)) : "");
}

inline std::string text(const eventstore::chain& c) {
    std::string steps;
    for (const auto& s : c.steps)
        steps += (steps.empty() ? "" : ", ") + text(s);
    return fmt::format("member {} at {}{} [{}]", number_of(c.who.user), text(c.expected),
                       c.known == eventstore::knowledge::exact ? " exactly" : "", steps);
}

inline std::string text(const std::vector<domain::member_id>& members) {
    std::string users;
    for (const auto& m : members)
        users += fmt::format(" {}", number_of(m.user));
    return users;
}

inline std::string text(const domain::attempt& a) {
    const auto guarded = fmt::format("{}: {} v{}", a.number, name_of(*a.expected_state),
                                     number_of(*a.expected_version));
    if (a.why) return fmt::format("{} unanswered: {}", guarded, *a.why);
    return fmt::format("{} met {} v{}", guarded, name_of(*a.found_state),
                       number_of(*a.found_version));
}

inline std::string text(const outcome& o) {
    auto line = fmt::format("{} {}", name_of(o.kind), code_name(o));
    if (o.kind == outcome_kind::overloaded || o.kind == outcome_kind::unavailable) return line;
    line = fmt::format("{} {} v{} attempts {}", o.code ? line : name_of(o.kind), name_of(o.state),
                       number_of(o.version), o.attempts);
    if (o.position) line += fmt::format(" at {}", number_of(*o.position));
    if (o.dead_letter) line += fmt::format(" letter {}", number_of(*o.dead_letter));
    return o.replayed ? line + " replayed" : line;
}

struct describe {
    std::string operator()(const log_call& a) const { return std::visit(*this, a); }
    std::string operator()(const load_heads& a) const { return "load" + text(a.members); }
    std::string operator()(const reserve_tail& a) const { return "reserve" + text(a.members); }
    std::string operator()(const release_tail&) const { return "release"; }
    std::string operator()(const append_chains& a) const {
        std::string line = "append";
        if (a.expected) line += fmt::format(" as of {}", number_of(a.expected->at.tail));
        if (a.expected && a.expected->ahead)
            line += fmt::format(" and {} more", a.expected->ahead->events);
        for (const auto& c : a.chains)
            line += " " + text(c);
        return line;
    }
    std::string operator()(const park_commands& a) const {
        std::string line = "park";
        for (const auto& p : a.commands) {
            line += " " + p.command->idempotency_key;
            for (const auto& made : p.attempts)
                line += " (" + text(made) + ")";
        }
        return line;
    }
    std::string operator()(const processor::record_failure& a) const {
        return fmt::format("record failure of letter {}: {} by {}, {} attempts",
                           number_of(a.letter.id), a.what.code, a.what.by.name,
                           a.what.attempts.size());
    }
    std::string operator()(const answer& a) const {
        return fmt::format("answer {}: {}", a.to, text(a.what));
    }
};

} // namespace datadrop::test
