#include "processor/service/readers.hpp"

#include "domain/check.hpp"

#include <utility>

namespace datadrop::processor {

readers::readers(std::vector<reader*> all)
    : free_(std::move(all)), threads_("reader", static_cast<int>(free_.size())) {}

/// There are as many threads as readers, so whoever runs finds one.
reader& readers::take() {
    const std::lock_guard lock(mutex_);
    domain::check(!free_.empty(), "there is a reader for each thread");
    auto* const one = free_.back();
    free_.pop_back();
    return *one;
}

void readers::give_back(reader& one) {
    const std::lock_guard lock(mutex_);
    free_.push_back(&one);
}

} // namespace datadrop::processor
