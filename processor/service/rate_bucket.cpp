#include "processor/service/rate_bucket.hpp"

#include <algorithm>

namespace datadrop::processor {
namespace {

using seconds = std::chrono::duration<double>;

rate_bucket::clock::duration time_for(double count, const rate& of) {
    return std::chrono::duration_cast<rate_bucket::clock::duration>(seconds(count / of.a_second));
}

} // namespace

rate_bucket::clock::duration rate_bucket::wait_for(double count, const rate& of,
                                                   clock::time_point now) const {
    const auto spare = time_for(of.at_once - std::min(count, of.at_once), of);
    return std::max(full_at_ - spare - now, clock::duration::zero());
}

void rate_bucket::take(double count, const rate& of, clock::time_point now) {
    full_at_ = std::max(full_at_, now) + time_for(count, of);
}

} // namespace datadrop::processor
