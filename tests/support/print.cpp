#include "tests/support/print.hpp"

#include <fmt/format.h>

namespace datadrop::test {

std::string print(const domain::email_fingerprint& fingerprint) {
    return fmt::format("{:02x}", fmt::join(fingerprint, ""));
}
std::string print(domain::timestamp t) {
    return fmt::format("{} us", t.time_since_epoch().count());
}

} // namespace datadrop::test

namespace datadrop::domain {

std::string print(const member_id& who) {
    return fmt::format("{}/{}", number_of(who.guild), number_of(who.user));
}
std::string print(const payload& data) {
    return test::printed_struct("payload")
        .field("email", data.email)
        .field("campaign_id", data.campaign_id)
        .field("outcome", data.outcome)
        .text();
}
std::string print(const membership& member) {
    return test::printed_struct("membership")
        .field("current", member.current)
        .field("has_email", member.has_email)
        .field("lifecycle", member.lifecycle)
        .text();
}
std::string print(const event& happened) {
    return test::printed_struct("event")
        .field("kind", happened.kind)
        .field("from", happened.from)
        .field("to", happened.to)
        .field("data", happened.data)
        .text();
}
std::string print(const rejection& refused) {
    return test::printed_struct("rejection").field("code", refused.code).text();
}
std::string print(const submitter& by) {
    return test::printed_struct("submitter").field("from", by.from).field("name", by.name).text();
}
std::string print(const envelope& command) {
    return test::printed_struct("envelope")
        .field("who", command.who)
        .field("kind", command.kind)
        .field("data", command.data)
        .field("idempotency_key", command.idempotency_key)
        .field("expected_state", command.expected_state)
        .field("expected_version", command.expected_version)
        .field("expected_lifecycle", command.expected_lifecycle)
        .field("conflict", command.conflict)
        .field("reason", command.reason)
        .field("actor", command.actor)
        .field("correlation_id", command.correlation_id)
        .field("occurred_at", command.occurred_at)
        .field("by", command.by)
        .field("address", command.address)
        .text();
}
std::string print(const stated_expectations& stated) {
    return test::printed_struct("stated")
        .field("state", stated.state)
        .field("version", stated.version)
        .text();
}
std::string print(const attempt& one) {
    return test::printed_struct("attempt")
        .field("number", one.number)
        .field("expected_state", one.expected_state)
        .field("expected_version", one.expected_version)
        .field("found_state", one.found_state)
        .field("found_version", one.found_version)
        .field("at", one.at)
        .field("why", one.why)
        .field("stated", one.stated)
        .text();
}
std::string print(const command_parked& e) {
    return test::printed_struct("command_parked")
        .field("command", e.command)
        .field("attempts", e.attempts)
        .field("code", e.code)
        .text();
}
std::string print(const command_redriven& e) {
    return test::printed_struct("command_redriven")
        .field("by", e.by)
        .field("reason", e.reason)
        .text();
}
std::string print(const redrive_failed& e) {
    return test::printed_struct("redrive_failed")
        .field("by", e.by)
        .field("reason", e.reason)
        .field("code", e.code)
        .field("attempts", e.attempts)
        .text();
}
std::string print(const command_discarded& e) {
    return test::printed_struct("command_discarded")
        .field("by", e.by)
        .field("reason", e.reason)
        .text();
}

} // namespace datadrop::domain
