#pragma once
// Several who do the same at the same time.

#include <cstddef>
#include <future>
#include <type_traits>
#include <vector>

namespace datadrop::test {

/// What `work(i)` gives for each i below the count, in this order, each on a thread of its own.
/// What one of them throws is thrown when all have ended.
template <typename Work>
auto at_once(std::size_t count, const Work& work) {
    using result = std::invoke_result_t<const Work&, std::size_t>;
    std::vector<std::future<result>> under_way;
    for (std::size_t i = 0; i < count; ++i)
        under_way.push_back(std::async(std::launch::async, [&work, i] { return work(i); }));
    std::vector<result> all;
    for (auto& one : under_way)
        all.push_back(one.get());
    return all;
}

} // namespace datadrop::test
