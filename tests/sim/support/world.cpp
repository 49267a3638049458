#include "tests/sim/support/world.hpp"

namespace datadrop::sim {

world::world(const run_options& chosen, story::mode mode)
    : shared_(chosen, mode), judge_(std::in_place, shared_),
      server_(shared_, [this] { judge_->committed(server_.log()); }),
      clients_(shared_, server_, *judge_, [this]() -> process& { return some_process(); }),
      read_(chosen.partitions) {
    for (int i = 0; i < chosen.processors; ++i)
        places_.push_back(&start_process());
}

void world::run() {
    const auto& w = shared_.chosen.world;
    clients_.start([this] {
        shared_.time.after(shared_.random.between(microseconds(0), milliseconds(500)),
                           [this] { calm(); });
    });
    every(w.restart, &world::restart_server);
    every(w.away, &world::take_server_away);
    every(w.kill, &world::kill_process);
    every(w.freeze, &world::freeze_process);
    every(w.wall_jump, &world::move_wall_clock);
    read_on();
    if (shared_.chosen.back.commands > 0)
        shared_.time.after(shared_.random.between(microseconds(0), milliseconds(300)),
                           [this] { server_.back_up(); });
    come_to_rest();
    check_end();
    if (shared_.chosen.back.commands == 0) return;
    restore();
    come_to_rest();
    check_end();
}

void world::come_to_rest() {
    constexpr milliseconds rest_max{60'000}; // after the calm, in which nothing befalls anybody
    const std::uint64_t steps_max = shared_.chosen.raid.commands > 0 ? 2'000'000 : 400'000;
    std::uint64_t steps = 0;
    while (shared_.time.step()) {
        shared_.io.poll();
        const bool goes_on = calm_ && shared_.time.now() - calm_since_ > rest_max;
        if (++steps == steps_max || goes_on)
            demand(false, "the run comes to rest", "{} are not answered", judge_->unanswered());
    }
}

void world::check_end() {
    for (const auto& p : all_processes_)
        shared_.seen.saw(sight::lost_race, p->figures().conflicts);
    judge_->check_end(server_.log());
    demand(clients_.all_settled(), "every command ends as something", "a client still asks");
    for (int p = 0; p < shared_.chosen.partitions; ++p)
        read_some(100'000);
    demand(read_ == server_.log().tails(), "a reader sees every event", "it ended at {}",
           read_.text());
}

/// The processors remember what the log does not know any more, and what others write there brings
/// the tails back to where they were, more often than not.
void world::restore() {
    const auto before = server_.log().tails();
    server_.restore();
    for (const auto p : eventstore::all_partitions(shared_.chosen.partitions)) {
        const auto lost = static_cast<std::size_t>(sequence_of(before.at(p)) -
                                                   sequence_of(server_.log().tails().at(p)));
        clients_.write_elsewhere(p, shared_.random.chance(0.8) ? lost
                                                               : shared_.random.below(lost + 3));
    }
    judge_.emplace(shared_);
    judge_->begin_with(server_.log());
    read_ = eventstore::cursor(shared_.chosen.partitions);
    calm_since_ = shared_.time.now();
    clients_.start_again(shared_.chosen.back.commands,
                         [this] { calm_since_ = shared_.time.now(); });
}

// ---- processors

process& world::start_process() {
    const int number = static_cast<int>(all_processes_.size()) + 1;
    all_processes_.push_back(std::make_unique<process>(
        shared_, server_, number, [this](process& by, auto t, const auto& said) {
            judge_->answered(t, said);
            clients_.answered(by, t, said);
        }));
    return *all_processes_.back();
}

process& world::some_process() { return *places_[shared_.random.below(places_.size())]; }

// ---- what befalls them

/// From now on until the calm at the end.
void world::every(milliseconds mean, void (world::*befall)()) {
    if (mean.count() == 0) return;
    shared_.time.after(shared_.random.between(milliseconds(1), 2 * mean), [this, mean, befall] {
        if (calm_) return;
        (this->*befall)();
        every(mean, befall);
    });
}

void world::restart_server() {
    shared_.seen.saw(sight::server_restarted);
    shared_.told.tell("the server restarts");
    server_.restart(shared_.random.between(milliseconds(0), milliseconds(20)));
}

void world::take_server_away() {
    shared_.seen.saw(sight::server_away);
    const auto time = shared_.random.between(milliseconds(20), milliseconds(1500));
    shared_.told.tell("the server is away for {} us", time.count());
    server_.restart(time);
}

void world::kill_process() {
    const auto place = shared_.random.below(places_.size());
    auto& victim = *places_[place];
    if (!victim.alive()) return;
    shared_.seen.saw(sight::processor_killed);
    shared_.told.tell("processor {} is killed", victim.number());
    victim.kill();
    judge_->silenced(victim.number());
    restart_later(place);
}

void world::restart_later(std::size_t place) {
    shared_.time.after(shared_.random.between(milliseconds(1), milliseconds(300)),
                       [this, place] { places_[place] = &start_process(); });
}

void world::freeze_process() {
    auto& victim = some_process();
    const auto time = shared_.random.between(milliseconds(1), milliseconds(1500));
    shared_.seen.saw(sight::processor_frozen);
    shared_.told.tell("processor {} is frozen for {} us", victim.number(), time.count());
    victim.freeze(time);
}

void world::move_wall_clock() {
    const auto by = shared_.random.between(microseconds(0), std::chrono::seconds(20));
    shared_.seen.saw(sight::wall_clock_jumped);
    some_process().move_wall_clock(by - std::chrono::seconds(10));
}

/// From here on nothing fails any more, and everything has to come to rest.
void world::calm() {
    calm_ = true;
    calm_since_ = shared_.time.now();
    shared_.chosen.statements = {};
    shared_.told.tell("calm");
}

// ---- the reader

/// Polls the log by position, as a projector does.
void world::read_on() {
    if (calm_) return;
    read_some(1 + shared_.random.below(10));
    shared_.time.after(shared_.random.between(milliseconds(1), milliseconds(30)),
                       [this] { read_on(); });
}

void world::read_some(std::size_t limit) {
    for (const auto p : eventstore::all_partitions(shared_.chosen.partitions))
        for (const auto& e : server_.log().read(p, read_.at(p), limit)) {
            const auto position = std::visit([](const auto& one) { return one.position; }, e);
            demand(sequence_of(position) == sequence_of(read_.at(p)) + 1,
                   "a reader sees every event", "{} came after {}", number_of(position),
                   number_of(read_.at(p)));
            read_.advance(position);
            shared_.seen.saw(sight::read_by_follower);
        }
}

run_report run(const run_options& chosen, story::mode mode) {
    run_report result{.chosen = chosen};
    world w(chosen, mode);
    try {
        w.run();
    } catch (const broken_promise& e) {
        result.broken = e.check;
        result.what = e.what();
    } catch (const std::exception& e) {
        result.broken = "nothing throws";
        result.what = e.what();
    }
    result.seen = w.shared().seen;
    result.digest = w.shared().told.digest();
    result.lines = w.shared().told.lines();
    result.last_lines = w.shared().told.kept();
    return result;
}

std::string describe(const run_report& failed) {
    constexpr std::size_t steps_shown_max = 100;
    const auto again = run(failed.chosen, story::mode::told);
    const auto& lines = again.last_lines;
    auto shown = text(failed.chosen);
    for (auto i = lines.size() - std::min(lines.size(), steps_shown_max); i < lines.size(); ++i)
        shown += lines[i];
    return shown + fmt::format("failed: {}: {}\nagain: datadrop_sim --seed {}\n", failed.broken,
                               failed.what, failed.chosen.seed);
}

} // namespace datadrop::sim
