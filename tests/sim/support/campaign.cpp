#include "tests/sim/support/campaign.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace datadrop::sim {

campaign_result run(const campaign& what, const std::function<void(std::uint64_t)>& done) {
    campaign_result result;
    std::mutex mutex;
    std::atomic<std::uint64_t> next{0};
    std::atomic<bool> enough{false};
    const auto work = [&] {
        for (auto i = next++; i < what.seeds && !enough; i = next++) {
            auto r = run(draw_options(what.first + i));
            const std::scoped_lock lock(mutex);
            result.seen += r.seen;
            if (!r.passed()) result.failed.push_back(std::move(r));
            if (result.failed.size() >= what.failures_max) enough = true;
            done(++result.runs);
        }
    };
    {
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < what.threads; ++i)
            threads.emplace_back(work);
    }
    std::ranges::sort(result.failed, {}, [](const run_report& r) { return r.chosen.seed; });
    return result;
}

unsigned cores() { return std::max(1U, std::thread::hardware_concurrency()); }

} // namespace datadrop::sim
