#pragma once
// What a load sends: whose turn it is, which command that member can be sent next, and how the
// command looks. One thread at a time.

#include "domain/envelope.hpp"
#include "processor/core/actions.hpp"
#include "processor/trials/bench/loads/load.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace datadrop::processor::trials::bench {

/// Who member number n is.
domain::member_id member_at(const load_spec& spec, std::int64_t member);

/// How many events each of the members has.
using member_versions = std::vector<std::uint32_t>;

/// The command that follows a member's version.
domain::command_kind kind_after(load_commands which, std::uint32_t version);

struct load_command {
    std::uint32_t number = 0; // of the load: 0, 1, 2, …
    std::uint32_t member = 0;
    domain::command_kind kind{};
    bool operator==(const load_command&) const = default;
};

/// What is known of a member after an answer.
enum class step_taken : std::uint8_t { yes, no, unknown };

class load_script {
  public:
    load_script(const load_spec& spec, member_versions versions);

    load_command next();

    /// Each member has been sent something, if the load begins with that (load.hpp).
    bool is_warm() const { return sent_ >= warming_; }

    /// The answer to a command. A member of whom nothing is known is not sent anything more when
    /// members are sent one command at a time.
    void answered(const load_command& command, step_taken taken);

  private:
    bool is_in_turn(std::uint32_t number) const { return in_turn_ || number < warming_; }
    std::uint32_t draw();

    load_commands commands_;
    bool in_turn_;             // commands_max: member after member
    bool one_at_a_time_;       // else by the order in which they are processed
    std::size_t warming_;      // commands, a member each, before any is drawn
    member_versions versions_; // once all that is under way is accepted
    std::vector<bool> busy_;
    std::uint32_t sent_ = 0;
    std::mt19937_64 dice_;
};

/// How the commands of a load look: about 150 bytes beside the ids. Every thread.
class load_writing {
  public:
    static constexpr std::string_view reason =
        "the member was seen in the guild's list at the time of the last check";
    static constexpr std::string_view actor = "288230376151711744";

    explicit load_writing(const load_spec& spec);

    std::string key(std::uint32_t number) const;
    std::string correlation_id(std::uint32_t number) const;            // as a UUID
    std::string_view occurred_at() const { return occurred_at_text_; } // RFC 3339
    command_ptr envelope(const load_command& command) const;
    const load_spec& spec() const { return spec_; }

  private:
    load_spec spec_;
    domain::timestamp occurred_at_;
    std::string occurred_at_text_;
};

} // namespace datadrop::processor::trials::bench
