#pragma once
// What the test cases say again and again: commands, submissions, reads, and questions to the
// database that share no code with the server. Values; a session is one thread's.

#include "domain/vocabulary.hpp"
#include "eventstore/postgres/driver/session.hpp"
#include "tests/e2e/support/server.hpp"
#include "tests/support/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace datadrop::test {

namespace json = boost::json;

struct member {
    std::string guild;
    std::string user;
    std::string path() const { return "/v1/members/" + guild + "/" + user; }
};

/// One that nobody had before, of a guild of its own or of this one.
member somebody();
member somebody_of(const std::string& guild);

/// A complete command with a new key; `more` is added or put in the place of what is there.
json::object command(const member& who, std::string_view name, const json::object& more = {});

/// Submits one command and gives its outcome, with its HTTP status as "status".
json::object submit(connection& to, const json::object& what);
/// Submits an array; throws std::runtime_error unless it is answered 200 with as many outcomes.
std::vector<json::object> submit_all(connection& to, const json::array& all);

/// A new member, brought to the state; throws std::runtime_error when a command is not accepted.
member somebody_in(connection& to, domain::state goal);
/// The same with a member that there is no stream of yet; gives it back.
member bring(connection& to, const member& who, domain::state goal);

/// The member as the projection shows it, once it is as far as the log.
json::object shown(const world& at, const member& who);
json::array history(connection& to, const member& who);

/// A command that was parked because its expected state never came: an AcceptRules that expects
/// RoleEligible of a member in OnboardingCompleted.
struct parked_command {
    member who{};
    json::object command{};
    json::object outcome{};
    std::string id{};
    std::string path(const std::string& verb = "") const { return "/v1/dead-letters/" + id + verb; }
};
parked_command park(connection& to, const json::object& more = {});

/// The fields of an object in the order asked for, in one line: for comparing many at once.
std::string fields(const json::object& of, const std::vector<std::string>& names);

/// What a program printed as JSON: one object, and one a line. Throw boost::system::system_error.
json::object object_of(const program_result& result);
std::vector<json::object> objects_in(const std::string& out);

/// The answer is this problem, and has all that a problem has.
void check_problem(const http_answer& answer, int status, const std::string& code);
/// The answer is 400, and says in words what was wrong with this.
void check_names(const http_answer& answer, std::string_view name);
/// What a command was told is `accepted`.
void check_accepted(const json::object& outcome);

/// One value of the database as text; a null is "".
std::string ask(const world& at, std::string_view sql);
/// The log's positions, in one line: unchanged means that nothing was written.
std::string log_head(const world& at);
/// The events of a member in the log: "MemberJoined None>InvitedOrJoined by bot", a line each.
std::string trail(const world& at, const member& who);

/// The number that /metrics shows under this name; 0 when it is not there.
double metric(const server& of, const std::string& name);

} // namespace datadrop::test
