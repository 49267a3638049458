#include "tests/faults/support/load.hpp"

#include "processor/trials/demo/script.hpp"
#include "tests/support/wait.hpp"

#include <atomic>
#include <cstdint>
#include <exception>
#include <limits>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace datadrop::test {
namespace demo = processor::trials::demo;
namespace {

/// What the connections of one of the two share.
class side {
  public:
    side(demo::door from, const client_options& who, const load_options& o)
        : who_(who), script_({.from = from,
                              .seed = o.seed,
                              .commands = std::numeric_limits<int>::max(),
                              .members = o.members}) {}

    demo::request next() {
        const std::lock_guard alone(mutex_);
        return script_.next().value();
    }
    void saw(const boost::json::object& outcome) {
        const std::lock_guard alone(mutex_);
        script_.saw(outcome);
    }
    const client_options& who() const { return who_; }

  private:
    client_options who_;
    std::mutex mutex_; // guards the script
    demo::script script_;
};

} // namespace

struct load::impl {
    impl(const load_options& o, journal& notes_)
        : think_time(o.think_time), notes(notes_), bot(demo::door::bot, o.bot, o),
          api(demo::door::api, o.api, o) {
        for (auto* s : {&bot, &api})
            for (int i = 0; i < o.connections; ++i)
                threads.emplace_back([this, s] { work(*s); });
    }

    void work(side& s) {
        try {
            client to(s.who(), notes);
            while (!ending) {
                const auto wanted = s.next();
                const auto form =
                    wanted.form == demo::body_form::array ? body::array : body::one_command;
                for (const auto& outcome : to.deliver(wanted.commands, form, door_of(wanted, s)))
                    if (is_settled(outcome)) s.saw(outcome);
                std::this_thread::sleep_for(think_time);
            }
        } catch (...) {
            const std::lock_guard alone(mutex);
            failure = std::current_exception();
        }
    }

    /// The bot's is the first, the API's the last.
    static std::size_t door_of(const demo::request& wanted, const side& s) {
        return wanted.to == demo::door::bot ? 0 : s.who().doors.size() - 1;
    }

    std::chrono::milliseconds think_time;
    journal& notes;
    side bot;
    side api;
    std::atomic<bool> ending = false;
    std::mutex mutex; // guards the failure
    std::exception_ptr failure;
    std::vector<std::jthread> threads;
};

load::load(const load_options& o, journal& notes) : impl_(std::make_unique<impl>(o, notes)) {}
load::~load() { impl_->ending = true; }

void load::wait_for_accepted(std::int64_t more) {
    const auto wanted = impl_->notes.accepted() + more;
    if (!eventually([&] { return impl_->notes.accepted() >= wanted; }))
        throw std::runtime_error("no commands are accepted any more");
}

void load::wait_for_unsettled(std::int64_t more) {
    const auto wanted = impl_->notes.unsettled() + more;
    if (!eventually([&] { return impl_->notes.unsettled() >= wanted; }))
        throw std::runtime_error("everything is settled although it should not");
}

void load::finish() {
    impl_->ending = true;
    impl_->threads.clear();
    if (impl_->failure) std::rethrow_exception(impl_->failure);
}

} // namespace datadrop::test
