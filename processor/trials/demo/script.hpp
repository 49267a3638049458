#pragma once
// What one of the demo's clients sends: the bot's or the API's half of a day in a few guilds. Each
// command follows from the seed and from what the client last saw of the member, as a real one's
// does; what makes it interesting (stale versions, keys sent again, …) is drawn by the seed. Both
// doors work on the same members, a few of them much more often than the others.
// No I/O, clock or randomness of its own. One thread.

#include "domain/transition_table.hpp"

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

namespace datadrop::processor::trials::demo {

enum class door : std::uint8_t { bot, api };

constexpr std::string_view name_of(door d) {
    switch (d) {
    case door::bot:
        return "bot";
    case door::api:
        return "api";
    }
    return {};
}
constexpr door other(door d) { return d == door::bot ? door::api : door::bot; }

/// The addresses of all members end with it, so that a check can look for them.
inline constexpr std::string_view address_domain = "@members.example";

struct member_name {
    std::string guild_id;
    std::string user_id;
};

/// The members are numbered from 0; those with the smallest numbers are the hot ones.
member_name member_at(std::size_t number);

struct script_options {
    door from{};
    std::uint64_t seed = 0;
    int commands = 0; // at least so many are sent
    int members = 0;
};

enum class body_form : std::uint8_t { single, array };

/// Commands for one POST.
struct request {
    door to{}; // whose server
    body_form form{};
    std::vector<boost::json::object> commands;
};

class script {
  public:
    explicit script(const script_options& o);

    /// What to send now, whatever else is still under way; nothing when all is sent.
    std::optional<request> next();

    /// An answer has come: where the member stood then. Answers may come in any order.
    void saw(const boost::json::object& outcome);

  private:
    /// What this client knows of a member.
    struct view {
        domain::state current = domain::state::none;
        std::int64_t version = 0;
        std::int64_t lifecycle = 0;
    };
    struct trick {
        request (script::*play)();
        std::uint64_t weight;
    };
    static const trick tricks[];

    std::uint64_t draw(std::uint64_t below);
    std::size_t draw_member();
    template <typename Choices>
    auto choose(const Choices& from);

    request step();
    request stale_version();
    request of_a_person();
    request of_an_earlier_stay();
    request mistake();
    request again_here();
    request again_elsewhere();
    request again_later();
    request ahead_of_time();
    request many();
    request hopeless();

    request single(boost::json::object command) const;
    request again(door to, std::size_t back);
    boost::json::object make(std::size_t member, domain::command_kind kind);
    boost::json::object advance(std::size_t member);
    bool brings(domain::presence rule);
    boost::json::object payload_for(domain::command_kind kind, std::size_t member);

    script_options options_;
    std::mt19937_64 random_;
    std::vector<view> views_;
    std::unordered_map<std::string, std::size_t> numbers_; // by user_id
    std::deque<boost::json::object> sent_;                 // the latest, whose keys may go again
    std::deque<std::size_t> just_seen_; // members of the latest answers, not gone on with yet
    int commands_made_ = 0;
    int commands_sent_ = 0;
};

} // namespace datadrop::processor::trials::demo
