#include "processor/trials/bench/loads/load_script.hpp"

#include "domain/transition_table.hpp"
#include "projections/rfc3339.hpp"

#include <fmt/format.h>

#include <array>
#include <memory>

namespace datadrop::processor::trials::bench {
namespace {

using domain::command_kind;

constexpr std::int64_t first_guild = 288'230'376'151'710'000;
constexpr std::int64_t first_user = 803'187'000'000'000'000;
constexpr std::size_t key_length = 22;

constexpr std::array way_to_verification{command_kind::join,
                                         command_kind::begin_onboarding,
                                         command_kind::complete_onboarding,
                                         command_kind::grant_eligibility,
                                         command_kind::accept_rules,
                                         command_kind::request_verification};
static_assert(way_to_verification.size() == preparing_commands(load_commands::record_email));

/// Each command holds where the one before it leads.
consteval bool leads_to_verification() {
    auto at = domain::state::none;
    for (const auto kind : way_to_verification) {
        const auto& row = domain::transition_of(kind);
        if (!row.from.contains(at)) return false;
        at = row.to.value();
    }
    return at == domain::state::verification_pending;
}
static_assert(leads_to_verification());

bool warms_up_all(const load_spec& spec) {
    return spec.commands == load_commands::toggle && spec.commands_max == 0 &&
           spec.commands_a_second == 0;
}

std::mt19937_64 dice_for(const std::string& key_prefix) {
    std::seed_seq seed(key_prefix.begin(), key_prefix.end());
    return std::mt19937_64(seed);
}

} // namespace

domain::member_id member_at(const load_spec& spec, std::int64_t member) {
    return {.guild = domain::guild_id{first_guild + spec.guild_first + member % spec.guilds},
            .user = domain::user_id{first_user + member}};
}

command_kind kind_after(load_commands which, std::uint32_t version) {
    if (which == load_commands::toggle)
        return version % 2 == 0 ? command_kind::join : command_kind::leave;
    return version < way_to_verification.size() ? way_to_verification[version]
                                                : command_kind::record_email;
}

// ---- load_script

load_script::load_script(const load_spec& spec, member_versions versions)
    : commands_(spec.commands), in_turn_(spec.commands_max > 0),
      one_at_a_time_(!in_turn_ && spec.commands == load_commands::toggle &&
                     spec.kind != load_kind::processor),
      warming_(warms_up_all(spec) ? versions.size() : 0), versions_(std::move(versions)),
      busy_(versions_.size()), dice_(dice_for(spec.key_prefix)) {}

std::uint32_t load_script::draw() {
    std::uniform_int_distribution<std::uint32_t> any(
        0, static_cast<std::uint32_t>(versions_.size() - 1));
    auto member = any(dice_);
    while (one_at_a_time_ && busy_[member])
        member = any(dice_);
    return member;
}

load_command load_script::next() {
    const auto number = sent_++;
    const auto member =
        is_in_turn(number) ? static_cast<std::uint32_t>(number % versions_.size()) : draw();
    busy_[member] = true;
    return {.number = number, .member = member, .kind = kind_after(commands_, versions_[member]++)};
}

void load_script::answered(const load_command& command, step_taken taken) {
    busy_[command.member] = taken == step_taken::unknown;
    if (taken == step_taken::no) --versions_[command.member];
}

// ---- load_writing

load_writing::load_writing(const load_spec& spec)
    : spec_(spec), occurred_at_(std::chrono::time_point_cast<std::chrono::microseconds>(
                       std::chrono::system_clock::now())),
      occurred_at_text_(projections::to_text(occurred_at_)) {}

std::string load_writing::key(std::uint32_t number) const {
    return fmt::format("{}{:0{}}", spec_.key_prefix, number, key_length - spec_.key_prefix.size());
}

std::string load_writing::correlation_id(std::uint32_t number) const {
    return fmt::format("6f1c2a90-5b7e-4d38-9a41-{:012x}", number);
}

command_ptr load_writing::envelope(const load_command& command) const {
    auto written = std::make_shared<domain::envelope>();
    written->who = member_at(spec_, command.member);
    written->kind = command.kind;
    if (domain::transition_of(command.kind).email == domain::presence::required)
        written->data.email.emplace();
    written->idempotency_key = key(command.number);
    written->reason = reason;
    written->actor = actor;
    written->correlation_id = correlation_id(command.number);
    written->occurred_at = occurred_at_;
    written->by = {.from = domain::source::system, .name = "bench"};
    return written;
}

} // namespace datadrop::processor::trials::bench
