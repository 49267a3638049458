#include "tests/support/print_eventstore.hpp"

namespace datadrop::eventstore {

std::string print(const cursor& read) { return "cursor " + read.text(); }
std::string print(const head& at) {
    return test::printed_struct("head")
        .field("version", at.version)
        .field("member", at.member)
        .text();
}
std::string print(const recorded& e) {
    return test::printed_struct("recorded")
        .field("event", e.event)
        .field("data", e.data)
        .field("state", e.state)
        .field("version", e.version)
        .field("position", e.position)
        .field("lifecycle", e.lifecycle)
        .field("submission", number_of(e.submission))
        .text();
}
std::string print(const parked& e) {
    return test::printed_struct("parked")
        .field("id", e.id)
        .field("status", e.status)
        .field("command", e.command)
        .field("data", e.data)
        .field("attempts", e.attempts)
        .field("submission", number_of(e.submission))
        .text();
}
std::string print(const found_key& found) {
    return test::printed_struct("found_key")
        .field("step", found.step)
        .field("holder", found.holder)
        .text();
}
std::string print(const chain_fate& fate) {
    return test::printed_struct("chain_fate")
        .field("what", fate.what)
        .field("found", fate.found)
        .field("first", fate.first)
        .field("keys", fate.keys)
        .field("has_parked_keys", fate.has_parked_keys)
        .text();
}
std::string print(const log_point& at) {
    return test::printed_struct("log_point")
        .field("history", at.history)
        .field("tail", at.tail)
        .text();
}
std::string print(const moved_member& moved) {
    return test::printed_struct("moved_member")
        .field("who", moved.who)
        .field("now", moved.now)
        .text();
}
std::string print(const append_result& result) {
    return test::printed_struct("append_result")
        .field("fates", result.fates)
        .field("at", result.at)
        .field("followed", result.followed)
        .field("moved", result.moved)
        .field("over_new_connection", result.over_new_connection)
        .text();
}
std::string print(const park_fate& fate) {
    return test::printed_struct("park_fate")
        .field("id", fate.id)
        .field("holder", fate.holder)
        .field("found", fate.found)
        .text();
}
std::string print(const stored_membership_event& e) {
    return test::printed_struct("stored_membership_event")
        .field("position", e.position)
        .field("who", e.who)
        .field("version", e.version)
        .field("what", e.what)
        .field("from", e.from)
        .field("idempotency_key", e.idempotency_key)
        .field("actor", e.actor)
        .field("reason", e.reason)
        .field("correlation_id", e.correlation_id)
        .field("occurred_at", e.occurred_at)
        .field("recorded_at", e.recorded_at)
        .text();
}
std::string print(const stored_dead_letter_event& e) {
    return test::printed_struct("stored_dead_letter_event")
        .field("position", e.position)
        .field("letter", e.letter)
        .field("who", e.who)
        .field("what", e.what)
        .field("recorded_at", e.recorded_at)
        .text();
}

} // namespace datadrop::eventstore
