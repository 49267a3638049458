#include "processor/trials/demo/script.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace datadrop::processor::trials::demo {
namespace {

namespace json = boost::json;
using domain::command_kind;
using domain::state;

constexpr std::size_t guilds = 8;
constexpr std::int64_t first_guild = 288659194737983489;
constexpr std::int64_t first_user = 80351110224678912;
constexpr std::int64_t id_step = 4194304; // a snowflake's clock ticks above bit 22

constexpr std::size_t hot_members = 4;
constexpr std::uint64_t hot_percent = 10;
constexpr std::uint64_t stay_percent = 60;
constexpr std::size_t remembered_commands = 64;
constexpr std::size_t remembered_answers = 32;
constexpr std::size_t array_commands = 15;

struct usual_step {
    state in{};
    command_kind what{};
    std::uint64_t weight = 0;
};

/// What usually happens to a member. Every state leads on, and every command occurs.
constexpr usual_step steps[] = {
    {state::none, command_kind::join, 1},
    {state::invited_or_joined, command_kind::begin_onboarding, 19},
    {state::invited_or_joined, command_kind::leave, 1},
    {state::onboarding_in_progress, command_kind::complete_onboarding, 1},
    {state::onboarding_completed, command_kind::grant_eligibility, 9},
    {state::onboarding_completed, command_kind::reject_eligibility, 1},
    {state::role_eligible, command_kind::accept_rules, 1},
    {state::rules_accepted, command_kind::request_verification, 1},
    {state::verification_pending, command_kind::record_email, 5},
    {state::verification_pending, command_kind::confirm_verification, 6},
    {state::verification_pending, command_kind::override_verification, 3},
    {state::verification_pending, command_kind::expire_verification, 1},
    {state::verification_pending, command_kind::reject_eligibility, 1},
    {state::verified, command_kind::require_reverification, 5},
    {state::verified, command_kind::leave, 3},
    {state::verified, command_kind::kick, 1},
    {state::verified, command_kind::ban, 1},
    {state::rejected_not_eligible, command_kind::join, 1},
    {state::kicked, command_kind::join, 4},
    {state::kicked, command_kind::ban, 1},
    {state::left_guild, command_kind::join, 5},
    {state::left_guild, command_kind::kick, 1},
    {state::banned, command_kind::lift_ban, 1},
};

static_assert(std::ranges::all_of(steps,
                                  [](const usual_step& s) {
                                      return domain::transition_of(s.what).from.contains(s.in);
                                  }),
              "what usually happens is allowed");

/// The straight way in: a step and the one behind it, which has to wait for it.
struct pair_of_steps {
    state in{};
    command_kind first{};
    command_kind second{};
};

constexpr pair_of_steps straight_way[] = {
    {state::none, command_kind::join, command_kind::begin_onboarding},
    {state::left_guild, command_kind::join, command_kind::begin_onboarding},
    {state::invited_or_joined, command_kind::begin_onboarding, command_kind::complete_onboarding},
    {state::onboarding_in_progress, command_kind::complete_onboarding,
     command_kind::grant_eligibility},
    {state::onboarding_completed, command_kind::grant_eligibility, command_kind::accept_rules},
    {state::role_eligible, command_kind::accept_rules, command_kind::request_verification},
};

/// Where a step of the straight way leads.
state state_after(command_kind kind) { return domain::transition_of(kind).to.value(); }

/// The rules ask for somebody's name there, or a guild's people do.
bool asked_by_a_moderator(command_kind kind) {
    return domain::transition_of(kind).needs == domain::guard::email_and_actor ||
           kind == command_kind::kick || kind == command_kind::ban ||
           kind == command_kind::lift_ban;
}

/// One stream of numbers a seed and door.
std::uint64_t stream_of(const script_options& o) {
    return o.seed * 2 + static_cast<std::uint64_t>(o.from);
}

} // namespace

const script::trick script::tricks[] = {
    {&script::step, 640},           {&script::stale_version, 80},
    {&script::of_a_person, 90},     {&script::of_an_earlier_stay, 10},
    {&script::mistake, 40},         {&script::again_here, 35},
    {&script::again_elsewhere, 45}, {&script::again_later, 30},
    {&script::ahead_of_time, 10},   {&script::many, 15},
    {&script::hopeless, 5},
};

member_name member_at(std::size_t number) {
    const auto guild = static_cast<std::int64_t>(number % guilds);
    return {.guild_id = std::to_string(first_guild + guild * id_step),
            .user_id = std::to_string(first_user + static_cast<std::int64_t>(number) * id_step)};
}

script::script(const script_options& o)
    : options_(o), random_(stream_of(o)), views_(static_cast<std::size_t>(o.members)) {
    for (std::size_t number = 0; number < views_.size(); ++number)
        numbers_.emplace(member_at(number).user_id, number);
}

/// One of them, as often as its weight says.
template <typename Choices>
auto script::choose(const Choices& from) {
    std::uint64_t all = 0;
    for (const auto& choice : from)
        all += choice.weight;
    auto left = draw(all);
    auto chosen = std::begin(from);
    for (; left >= chosen->weight; ++chosen)
        left -= chosen->weight;
    return *chosen;
}

std::optional<request> script::next() {
    if (commands_sent_ >= options_.commands) return std::nullopt;
    auto wanted = (this->*choose(tricks).play)();
    commands_sent_ += static_cast<int>(wanted.commands.size());
    sent_.push_back(wanted.commands.back());
    if (sent_.size() > remembered_commands) sent_.pop_front();
    return wanted;
}

void script::saw(const json::object& outcome) {
    const auto* const user = outcome.if_contains("user_id");
    const auto* const name = outcome.if_contains("state");
    const auto* const version = outcome.if_contains("version");
    const auto* const lifecycle = outcome.if_contains("lifecycle");
    if (!user || !name || !version || !lifecycle) return;
    const auto member = numbers_.find(std::string(user->as_string()));
    const auto current = domain::parse<state>(name->as_string());
    if (member == numbers_.end() || !current) return;
    auto& known = views_[member->second];
    if (version->to_number<std::int64_t>() < known.version) return;
    known = {.current = *current,
             .version = version->to_number<std::int64_t>(),
             .lifecycle = lifecycle->to_number<std::int64_t>()};
    just_seen_.push_back(member->second);
    if (just_seen_.size() > remembered_answers) just_seen_.pop_front();
}

std::uint64_t script::draw(std::uint64_t below) { return random_() % below; }

/// Often a member just seen, with whom a real client goes on as well; else one of the hot ones, or
/// any.
std::size_t script::draw_member() {
    const auto roll = draw(100);
    if (roll < stay_percent && !just_seen_.empty()) {
        const auto member = just_seen_.back();
        just_seen_.pop_back();
        return member;
    }
    const bool hot = roll < stay_percent + hot_percent;
    return draw(hot ? std::min(hot_members, views_.size()) : views_.size());
}

// ---- What a request can be

request script::step() {
    const auto member = draw_member();
    const auto seen = views_[member];
    auto command = advance(member);
    if (draw(2) == 0) command["expected_version"] = seen.version;
    if (draw(4) == 0) command["expected_lifecycle"] = seen.lifecycle;
    return single(std::move(command));
}

/// To be retried on a fresh read.
request script::stale_version() {
    const auto member = draw_member();
    const auto seen = views_[member].version;
    auto command = advance(member);
    command["expected_version"] = std::max(std::int64_t{0}, seen - 1);
    return single(std::move(command));
}

/// Somebody acts on what they see, which may be old by now.
request script::of_a_person() {
    const auto member = draw_member();
    const auto seen = views_[member];
    auto command = advance(member);
    command["expected_state"] = domain::name_of(seen.current);
    command["expected_version"] = seen.version;
    command["on_conflict"] = "fail";
    return single(std::move(command));
}

/// A deadline or a review of a stay that ended: never to be run in the next.
request script::of_an_earlier_stay() {
    const auto member = draw_member();
    const auto seen = views_[member].lifecycle;
    auto command = advance(member);
    if (seen > 0) command["expected_lifecycle"] = seen - 1;
    return single(std::move(command));
}

/// Any command in any state, and nobody who asked for it.
request script::mistake() {
    auto command =
        make(draw_member(), static_cast<command_kind>(draw(domain::count_of<command_kind>)));
    command.erase("actor");
    return single(std::move(command));
}

/// The latest command is most likely under way yet.
request script::again_here() { return again(options_.from, 0); }
request script::again_elsewhere() { return again(other(options_.from), 0); }
request script::again_later() { return again(options_.from, draw(remembered_commands)); }

/// A step in front of the one that it waits for.
request script::ahead_of_time() {
    const auto member = draw_member();
    const auto* const way =
        std::ranges::find(straight_way, views_[member].current, &pair_of_steps::in);
    if (way == std::end(straight_way)) return single(advance(member));
    auto first = make(member, way->first);
    auto second = make(member, way->second);
    second["expected_state"] = domain::name_of(state_after(way->first));
    return {.to = options_.from,
            .form = body_form::array,
            .commands = {std::move(second), std::move(first)}};
}

request script::many() {
    request all{.to = options_.from, .form = body_form::array, .commands = {}};
    for (std::size_t i = 0; i < array_commands; ++i)
        all.commands.push_back(advance(draw_member()));
    return all;
}

/// Nobody who has joined once is `None` again.
request script::hopeless() {
    const auto member = draw_member();
    if (views_[member].version == 0) return single(advance(member));
    auto command = make(member, draw(2) == 0 ? command_kind::join : command_kind::record_email);
    command["expected_state"] = domain::name_of(state::none);
    return single(std::move(command));
}

request script::single(json::object command) const {
    return {.to = options_.from, .form = body_form::single, .commands = {std::move(command)}};
}

/// The command that many requests back, or the oldest one remembered, as it was.
request script::again(door to, std::size_t back) {
    if (sent_.empty()) return step();
    const auto place = sent_.size() - 1 - std::min(back, sent_.size() - 1);
    return {.to = to, .form = body_form::single, .commands = {sent_[place]}};
}

// ---- The commands

json::object script::make(std::size_t member, command_kind kind) {
    const auto number = ++commands_made_;
    const auto who = member_at(member);
    const auto from = name_of(options_.from);
    json::object command{{"guild_id", who.guild_id},
                         {"user_id", who.user_id},
                         {"command", domain::name_of(kind)},
                         {"idempotency_key", fmt::format("{}:{}:{}", from, options_.seed, number)},
                         {"reason", options_.from == door::bot ? "interaction" : "web_request"},
                         {"correlation_id", fmt::format("{}-{}", from, number)}};
    if (asked_by_a_moderator(kind)) command["actor"] = fmt::format("moderator {}", draw(5) + 1);
    if (auto payload = payload_for(kind, member); !payload.empty())
        command["payload"] = std::move(payload);
    return command;
}

/// What usually comes next for a member, by what was last seen.
json::object script::advance(std::size_t member) {
    const auto here = [&](const usual_step& s) { return s.in == views_[member].current; };
    std::vector<usual_step> possible;
    std::ranges::copy_if(steps, std::back_inserter(possible), here);
    return make(member, choose(possible).what);
}

/// Every other time what a command may bring and need not.
bool script::brings(domain::presence rule) {
    return rule == domain::presence::required ||
           (rule == domain::presence::optional && draw(2) == 0);
}

json::object script::payload_for(command_kind kind, std::size_t member) {
    const auto& rule = domain::transition_of(kind);
    json::object payload;
    if (brings(rule.email)) payload["email"] = fmt::format("member{}{}", member, address_domain);
    if (brings(rule.campaign_id)) payload["campaign_id"] = "autumn";
    if (brings(rule.outcome))
        payload["outcome"] =
            domain::name_of(domain::expiry_outcomes[draw(domain::expiry_outcomes.size())]);
    return payload;
}

} // namespace datadrop::processor::trials::demo
