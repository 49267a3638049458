#include "processor/service/read_model_care.hpp"

#include "eventstore/log.hpp"

#include <pthread.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace datadrop::processor {
namespace {

using namespace std::chrono_literals;

/// So many rows are kept to be shown; `projection verify` lists all.
constexpr std::size_t shown_max = 200;

/// Somebody waits for the answer.
constexpr auto switch_back_wait_max = 10s;

struct stopped : std::runtime_error {
    using std::runtime_error::runtime_error;
};

domain::timestamp now() {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now());
}

const char* name_of(read_model_care::work_kind kind) {
    switch (kind) {
    case read_model_care::work_kind::rebuild:
        return "rebuild";
    case read_model_care::work_kind::verify:
        return "verification";
    case read_model_care::work_kind::switch_back:
        return "switch back";
    }
    return "";
}

} // namespace

read_model_care::read_model_care(eventstore::postgres::session::options database, int partitions)
    : database_(std::move(database)), partitions_(partitions) {}

read_model_care::~read_model_care() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
}

std::optional<std::uint64_t> read_model_care::begin(order what) {
    const std::lock_guard lock(mutex_);
    if (busy_ || stopping_) return std::nullopt;
    if (thread_.joinable()) thread_.join(); // it has ended
    busy_ = true;
    kind_ = what.kind;
    works_[static_cast<int>(kind_)] = work{.asked = what, .started_at = now()};
    thread_ = std::thread([this, what] { run(what); });
    return ++number_;
}

std::optional<read_model_care::work> read_model_care::begun(std::uint64_t number) const {
    const std::lock_guard lock(mutex_);
    return number == number_ ? works_[static_cast<int>(kind_)] : std::nullopt;
}

std::optional<read_model_care::work> read_model_care::last(work_kind kind) const {
    const std::lock_guard lock(mutex_);
    return works_[static_cast<int>(kind)];
}

template <typename Change>
void read_model_care::change(Change&& one) {
    const std::lock_guard lock(mutex_);
    one(*works_[static_cast<int>(kind_)]);
}

// ---- its own thread

void read_model_care::run(order what) {
    pthread_setname_np(pthread_self(), "read model care");
    try {
        carry_out(what);
    } catch (const projections::rebuild_under_way& e) {
        change([&](work& w) {
            w.is_under_way_elsewhere = true;
            w.refused = e.what();
        });
    } catch (const projections::rebuild_refused& e) {
        change([&](work& w) { w.refused = e.what(); });
    } catch (const std::exception& e) {
        spdlog::warn("the {} of the read model ended: {}", name_of(what.kind), e.what());
        change([&](work& w) { w.failed = e.what(); });
    }
    const std::lock_guard lock(mutex_);
    auto& mine = *works_[static_cast<int>(kind_)];
    mine.is_done = true;
    mine.ended_at = now();
    busy_ = false;
}

void read_model_care::carry_out(const order& what) {
    eventstore::postgres::session db(database_);
    const auto tell = [this](const projections::progress& p) { report(p); };
    switch (what.kind) {
    case work_kind::rebuild:
        return finish(projections::rebuild(db, partitions_, tell, what.options).differences);
    case work_kind::verify:
        return finish(
            what.sample
                ? projections::verify_sample(db, partitions_, *what.sample, tell).differences
                : projections::verify(db, partitions_, tell).differences);
    case work_kind::switch_back:
        projections::switch_back(db, partitions_, tell, {.switch_wait_max = switch_back_wait_max});
        return finish({});
    }
}

void read_model_care::report(const projections::progress& p) {
    if (stopping_) throw stopped("the server stops; nothing is left behind");
    change([&](work& w) {
        w.is_started = true;
        w.done = p.done;
        w.of = p.of;
    });
}

void read_model_care::finish(std::vector<projections::difference> differences) {
    change([&](work& w) {
        w.rows = static_cast<std::int64_t>(differences.size());
        differences.resize(std::min(differences.size(), shown_max));
        w.differences = std::move(differences);
    });
}

} // namespace datadrop::processor
