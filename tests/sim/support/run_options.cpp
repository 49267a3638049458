#include "tests/sim/support/run_options.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace datadrop::sim {
namespace {

/// Off more often than not, else somewhere up to `most`.
double swarm(dice& random, double most) {
    if (random.chance(0.6)) return 0;
    return most * static_cast<double>(1 + random.below(100)) / 100;
}

milliseconds swarm_every(dice& random, milliseconds least, milliseconds most) {
    if (random.chance(0.65)) return {};
    return std::chrono::duration_cast<milliseconds>(random.between(microseconds(least), most));
}

statement_faults draw_statement_faults(dice& random) {
    return {.slow = swarm(random, 0.2),
            .refused = swarm(random, 0.1),
            .request_lost = swarm(random, 0.1),
            .reply_lost = swarm(random, 0.2),
            .unfenced = swarm(random, 0.3),
            .late = swarm(random, 0.3)};
}

disturbances draw_disturbances(dice& random) {
    return {.restart = swarm_every(random, milliseconds(200), milliseconds(3000)),
            .away = swarm_every(random, milliseconds(400), milliseconds(5000)),
            .kill = swarm_every(random, milliseconds(100), milliseconds(2000)),
            .freeze = swarm_every(random, milliseconds(100), milliseconds(2000)),
            .wall_jump = swarm_every(random, milliseconds(50), milliseconds(1000))};
}

habits draw_habits(dice& random) {
    return {.expects_state = swarm(random, 0.8),
            .expects_version = swarm(random, 0.8),
            .expects_lifecycle = swarm(random, 0.5),
            .expects_wrongly = swarm(random, 0.5),
            .fails_fast = swarm(random, 0.5),
            .sends_again = swarm(random, 0.3),
            .reuses_key = swarm(random, 0.1),
            .sends_batch = swarm(random, 0.3),
            .operates = swarm(random, 0.3),
            .plain = random.one_of({0.2, 0.6, 0.95})};
}

processor::core_limits draw_limits(dice& random) {
    processor::core_limits limits;
    if (random.chance(0.2)) limits.queue_max = static_cast<std::size_t>(random.between(2, 20));
    if (random.chance(0.4)) limits.batch_steps_max = static_cast<std::size_t>(random.between(1, 6));
    if (random.chance(0.4))
        limits.load_members_max = static_cast<std::size_t>(random.between(1, 3));
    if (random.chance(0.4))
        limits.park_commands_max = static_cast<std::size_t>(random.between(1, 3));
    if (random.chance(0.4))
        limits.cache_members_max = static_cast<std::size_t>(random.between(1, 3));
    limits.halved_from = static_cast<std::size_t>(random.between(2, 8));
    if (random.chance(0.2)) limits.queue_wait_max = milliseconds(random.between(5, 500));
    if (random.chance(0.4)) limits.tries.attempts_max = random.between(1, 8);
    if (random.chance(0.4)) limits.tries.time_max = milliseconds(random.between(10, 2000));
    if (random.chance(0.3)) limits.waits.base = milliseconds(random.between(1, 100));
    if (random.chance(0.3)) limits.waits.max = milliseconds(random.between(1, 300));
    return limits;
}

void draw_flood(run_options& o, dice& random) {
    o.raid = {.commands = random.between(300, 1000), .hopeless = random.chance(0.3)};
    o.faulty = false;
    o.processors = 1;
    o.partitions = random.between(1, 2);
    o.pace = random.one_of({microseconds(1000), microseconds(10'000)});
    o.statements = {};
    o.world = {};
    o.limits = {};
    o.limits.queue_max = static_cast<std::size_t>(random.between(200, 2000));
    o.limits.batch_steps_max = static_cast<std::size_t>(random.between(8, 16));
    o.limits.load_members_max = static_cast<std::size_t>(random.between(8, 16));
    o.limits.park_commands_max = static_cast<std::size_t>(random.between(2, 10));
    // Nobody else's commands are to wait for anything but their turn.
    o.clients.expects_state = o.clients.expects_version = o.clients.operates = 0;
}

} // namespace

run_options draw_options(std::uint64_t seed) {
    dice random(seed);
    run_options o{.seed = seed};
    o.processors = random.between(1, 4);
    o.partitions = random.between(1, 4);
    o.connections = random.between(1, 3);
    o.guilds = random.between(1, 3);
    o.members = random.between(o.guilds, random.one_of({3, 6, 12}));
    o.commands = random.between(30, 200);
    o.pace = random.one_of({microseconds(100), microseconds(1000), microseconds(10'000)});
    o.limits = draw_limits(random);
    o.faulty = random.chance(0.8);
    if (o.faulty) o.statements = draw_statement_faults(random);
    o.slow_max = milliseconds(random.one_of({20, 200, 1500}));
    o.late_max = milliseconds(random.one_of({2, 20, 200}));
    if (o.faulty && random.chance(0.8)) o.world = draw_disturbances(random);
    o.clients = draw_habits(random);
    if (random.chance(0.05)) draw_flood(o, random);
    o.followed_max = random.one_of({2, 10, 1000});
    if (o.faulty && random.chance(0.15)) o.back = {.commands = random.between(10, 60)};
    return o;
}

std::string text(const run_options& o) {
    const auto& l = o.limits;
    const auto& s = o.statements;
    const auto& w = o.world;
    const auto& c = o.clients;
    return fmt::format(
        "seed {}: {} processors with {} connections, {} partitions, {} members of {} guilds, "
        "{} commands, one in {}\n"
        "  limits: queue {}, batch {}, load {}, park {}, cache {}, queue wait {}, {} attempts in "
        "{}, "
        "waits {} to {}\n"
        "  statements: slow {:.2f} (to {}), refused {:.2f}, request lost {:.2f}, reply lost "
        "{:.2f}, "
        "unfenced {:.2f}, late {:.2f} (to {})\n"
        "  one in (0 = never): restart {}, away {}, kill {}, freeze {}, wall clock jump {}\n"
        "  clients: state {:.2f}, version {:.2f}, lifecycle {:.2f}, wrong {:.2f}, fail fast "
        "{:.2f}, "
        "again {:.2f}, reuse {:.2f}, batch {:.2f}, operators {:.2f}, plain {:.2f}\n"
        "  flood: {} commands{}; followed {}; restored, and then {} commands\n",
        o.seed, o.processors, o.connections, o.partitions, o.members, o.guilds, o.commands, o.pace,
        l.queue_max, l.batch_steps_max, l.load_members_max, l.park_commands_max,
        l.cache_members_max, l.queue_wait_max, l.tries.attempts_max, l.tries.time_max, l.waits.base,
        l.waits.max, s.slow, o.slow_max, s.refused, s.request_lost, s.reply_lost, s.unfenced,
        s.late, o.late_max, w.restart, w.away, w.kill, w.freeze, w.wall_jump, c.expects_state,
        c.expects_version, c.expects_lifecycle, c.expects_wrongly, c.fails_fast, c.sends_again,
        c.reuses_key, c.sends_batch, c.operates, c.plain, o.raid.commands,
        o.raid.hopeless ? ", hopeless" : "", o.followed_max, o.back.commands);
}

} // namespace datadrop::sim
