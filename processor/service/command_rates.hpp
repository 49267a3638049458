#pragma once
// How many commands a second a token and a guild may send to this server, where that is limited: a
// second's worth at once, and more than that only in one array, which is waited for afterwards. A
// request is admitted whole or not at all, and one that is not costs nobody anything. Pure, the
// time is an input. One thread.

#include "processor/core/actions.hpp"
#include "processor/core/outcome.hpp"
#include "processor/service/rate_bucket.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace datadrop::processor {

/// Commands a second; 0 is no limit.
struct command_limits {
    int of_token = 0;
    int of_guild = 0;
};

/// Buckets by what they are of; none is kept of what is full.
template <typename Key>
class rate_table {
  public:
    using time_point = rate_bucket::clock::time_point;

    explicit rate_table(int a_second)
        : of_{.a_second = double(a_second), .at_once = double(a_second)} {}

    bool limits() const { return of_.a_second > 0; }

    template <typename Name>
    rate_bucket::clock::duration wait_for(const Name& key, std::size_t count,
                                          time_point now) const {
        const auto found = buckets_.find(key);
        if (found == buckets_.end()) return {};
        return found->second.wait_for(static_cast<double>(count), of_, now);
    }

    template <typename Name>
    void take(const Name& key, std::size_t count, time_point now) {
        sweep(now);
        auto found = buckets_.find(key);
        // So many at once that none of them can be above its own limit for long.
        if (found == buckets_.end() && buckets_.size() >= keys_max) return;
        if (found == buckets_.end()) found = buckets_.emplace(Key(key), rate_bucket{}).first;
        found->second.take(static_cast<double>(count), of_, now);
    }

    std::size_t size() const { return buckets_.size(); }

    static constexpr std::size_t keys_max = 65'536;

  private:
    void sweep(time_point now) {
        constexpr std::size_t keys_unswept = 1'024;
        if (buckets_.size() < keys_unswept || now < next_sweep_) return;
        std::erase_if(buckets_, [now](const auto& one) { return one.second.is_full(now); });
        next_sweep_ = now + std::chrono::seconds(1);
    }

    rate of_;
    std::map<Key, rate_bucket, std::less<>> buckets_{};
    time_point next_sweep_{};
};

class command_rates {
  public:
    using time_point = rate_bucket::clock::time_point;

    struct refusal {
        outcome_code why{}; // token_rate_exceeded or guild_rate_exceeded
        rate_bucket::clock::duration wait{};
    };

    explicit command_rates(command_limits most = {})
        : tokens_(most.of_token), guilds_(most.of_guild) {}

    /// Why the commands may not be submitted by this token now, which lasts longest; nothing when
    /// they may, and then they count. Null ones are none.
    std::optional<refusal> admit(std::string_view token, const std::vector<command_ptr>& commands,
                                 time_point now);

  private:
    rate_table<std::string> tokens_;
    rate_table<domain::guild_id> guilds_;
};

/// All refused, in their places.
std::vector<outcome> refused_outcomes(const std::vector<command_ptr>& commands, outcome_code why);

} // namespace datadrop::processor
