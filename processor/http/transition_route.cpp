// GET /v1/transitions: the rule book of members, for who draws it or offers what is allowed.

#include "domain/membership.hpp"
#include "domain/transition_table.hpp"
#include "processor/http/routes.hpp"

#include <boost/json/array.hpp>

#include <vector>

namespace datadrop::processor::http {

namespace {

namespace json = boost::json;

json::string text(std::string_view name) { return json::string(name); }

/// All of them, in the order of their numbers.
std::vector<domain::state> states() {
    std::vector<domain::state> all;
    for (const auto name : domain::names<domain::state>)
        all.push_back(*domain::parse<domain::state>(name));
    return all;
}

/// A stay is over in each that is neither before it nor within it.
bool is_terminal(domain::state s) {
    return s != domain::state::none && !domain::active_states.contains(s);
}

json::array states_json() {
    json::array shown;
    for (const auto s : states())
        shown.push_back({{"state", text(name_of(s))}, {"terminal", is_terminal(s)}});
    return shown;
}

void add(json::array& to, const domain::transition& row, domain::state from, domain::state into) {
    to.push_back({{"command", text(name_of(row.command))},
                  {"event", text(name_of(domain::event_of(row.command)))},
                  {"from_state", text(name_of(from))},
                  {"to_state", text(name_of(into))}});
}

/// A row of the table is as many as it has states to begin and to end with.
json::array transitions_json() {
    json::array all;
    for (const auto& row : domain::transitions)
        for (const auto from : states()) {
            if (!row.from.contains(from)) continue;
            if (row.to) add(all, row, from, *row.to);
            if (row.to) continue;
            for (const auto into : domain::expiry_outcomes)
                add(all, row, from, into);
        }
    return all;
}

} // namespace

reply_later get_transitions(const call& asked) {
    const query parameters{asked.where, {}};
    if (parameters.first_problem()) co_return *parameters.first_problem();
    co_return json_response(status::ok,
                            {{"states", states_json()}, {"transitions", transitions_json()}});
}

} // namespace datadrop::processor::http
