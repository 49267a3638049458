#include "processor/service/threads.hpp"

#include <pthread.h>

namespace datadrop::processor {

worker_threads::worker_threads(std::string name, int threads, std::function<void(int)> at_start)
    : guard_(context_.get_executor()) {
    for (int i = 0; i < threads; ++i)
        threads_.emplace_back([this, name, at_start, i] {
            pthread_setname_np(pthread_self(), name.c_str());
            if (at_start) at_start(i);
            context_.run();
        });
}

worker_threads::~worker_threads() { stop(); }

void worker_threads::stop() {
    guard_.reset(); // what was posted already still runs
    for (auto& thread : threads_)
        thread.join();
    threads_.clear();
}

} // namespace datadrop::processor
