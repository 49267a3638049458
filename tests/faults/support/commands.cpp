#include "tests/faults/support/commands.hpp"

#include "tests/support/builders.hpp"

#include <boost/json/serialize.hpp>

#include <stdexcept>

namespace datadrop::test {
namespace json = boost::json;
using domain::command_kind;

somebody::somebody() {
    const auto who = new_member();
    guild_ = std::to_string(domain::number_of(who.guild));
    user_ = std::to_string(domain::number_of(who.user));
}

json::object somebody::command(command_kind kind) const {
    json::object what{{"guild_id", guild_},
                      {"user_id", user_},
                      {"command", domain::name_of(kind)},
                      {"idempotency_key", new_key()}};
    if (kind == command_kind::request_verification)
        what["payload"] = json::object{{"email", "somebody@members.example"}};
    return what;
}

json::object somebody::hopeless() const {
    auto what = command(command_kind::leave);
    what["expected_state"] = domain::name_of(domain::state::banned);
    return what;
}

json::object somebody::stale(command_kind kind, int version) const {
    auto what = command(kind);
    what["expected_version"] = version;
    return what;
}

void somebody::bring(client& by, domain::state goal) const {
    for (const auto kind : path_to(goal)) {
        const auto outcome = by.deliver(command(kind));
        if (outcome.at("outcome") != "accepted")
            throw std::runtime_error("not accepted: " + json::serialize(outcome));
    }
}

std::string fields(const json::object& of, const std::vector<std::string>& names) {
    std::string line;
    for (const auto& name : names) {
        const auto* const value = of.if_contains(name);
        line += line.empty() ? "" : " ";
        line += !value               ? "-"
                : value->is_string() ? std::string(value->get_string())
                                     : json::serialize(*value);
    }
    return line;
}

} // namespace datadrop::test
