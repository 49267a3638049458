#include "processor/service/call_meter.hpp"

#include "domain/enum_names.hpp"

#include <algorithm>
#include <exception>

namespace datadrop::processor {

static_assert(domain::count_of<call_kind> == call_kinds);

call_figures call_meter::of(call_kind kind) const {
    const auto& from = all_.at(static_cast<std::size_t>(kind));
    call_figures figures;
    std::ranges::transform(from.counts, figures.counts.begin(),
                           [](const auto& c) { return c.load(); });
    figures.seconds =
        std::chrono::duration<double>(std::chrono::nanoseconds(from.nanoseconds)).count();
    figures.errors = from.errors;
    return figures;
}

call_meter::measure::measure(call_meter& meter, call_kind kind)
    : meter_(meter), kind_(kind), thrown_before_(std::uncaught_exceptions()) {}

call_meter::measure::~measure() {
    meter_.add(kind_, std::chrono::steady_clock::now() - began_,
               std::uncaught_exceptions() > thrown_before_);
}

void call_meter::add(call_kind kind, std::chrono::nanoseconds taken, bool failed) {
    auto& to = all_.at(static_cast<std::size_t>(kind));
    const double seconds = std::chrono::duration<double>(taken).count();
    const auto bucket = std::ranges::lower_bound(call_buckets, seconds) - call_buckets.begin();
    ++to.counts.at(static_cast<std::size_t>(bucket));
    to.nanoseconds += taken.count();
    if (failed) ++to.errors;
}

} // namespace datadrop::processor
