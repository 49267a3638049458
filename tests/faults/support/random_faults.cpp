#include "tests/faults/support/random_faults.hpp"

#include "tests/faults/support/holds.hpp"

#include <csignal>
#include <cstdint>
#include <thread>

namespace datadrop::test {
namespace {

using namespace std::chrono_literals;
namespace pg = eventstore::postgres;

void last(dice& d, std::chrono::milliseconds max) {
    std::this_thread::sleep_for(d.between(50ms, max));
}

// ---- Processors

void kill_processor(stage& at, dice& d) {
    auto& one = at.processor(d.below(at.processors()));
    one.kill();
    last(d, 2s);
    one.start();
}

void stop_processor(stage& at, dice& d) {
    auto& one = at.processor(d.below(at.processors()));
    one.stop();
    one.start();
}

void freeze_processor(stage& at, dice& d) {
    auto& one = at.processor(d.below(at.processors()));
    one.freeze();
    last(d, 10s);
    one.go_on();
}

void cut_replies(stage& at, dice& d) {
    for (auto left = 1 + d.below(5); left > 0; --left) {
        auto& front = at.front(d.below(at.processors()));
        front.cut_next_reply();
        front.wait_until_cut(1s);
    }
}

// ---- The way between a processor and PostgreSQL

struct statement {
    const char* what;
    const char* behind;
};

constexpr statement statements[] = {
    {"datadrop\\.append\\(", ""},    {"datadrop\\.append\\(", "datadrop\\.reserve\\("},
    {"datadrop\\.reserve\\(", ""},   {"^COMMIT$", "datadrop\\.append\\("},
    {"datadrop\\.park\\(", ""},      {"datadrop\\.redrive\\(", ""},
    {"datadrop\\.remediate\\(", ""}, {"datadrop\\.heads_of\\(", ""},
    {"pg_terminate_backend", ""},    {"datadrop\\.key_holder\\(", ""},
    {"projection_checkpoints", ""},
};

/// Some statements are rare: another one is drawn then.
void interfere(stage& at, dice& d, interference what) {
    constexpr statement_moment moments[] = {statement_moment::before, statement_moment::after,
                                            statement_moment::during};
    // Between its way there and back, nothing of a statement can be held.
    const auto choices = std::size(moments) - (what == interference::hold ? 1 : 0);
    auto& proxy = at.proxy(d.below(at.processors()));
    bool fired = false;
    for (int tries = 0; !fired && tries < 5; ++tries) {
        const auto& s = statements[d.below(std::size(statements))];
        proxy.set({s.what, moments[d.below(choices)], what, s.behind});
        fired = proxy.wait_until_fired(1s);
    }
    if (what == interference::hold) last(d, 4s);
    proxy.clear();
}

void cut_statement(stage& at, dice& d) { interfere(at, d, interference::cut); }
void swallow_statement(stage& at, dice& d) { interfere(at, d, interference::swallow); }
void hold_statement(stage& at, dice& d) { interfere(at, d, interference::hold); }

void cut_connections(stage& at, dice& d) { at.proxy(d.below(at.processors())).cut_connections(); }

void refuse_connections(stage& at, dice& d) {
    auto& proxy = at.proxy(d.below(at.processors()));
    proxy.refuse_connections();
    proxy.cut_connections();
    last(d, 3s);
    proxy.clear();
}

// ---- PostgreSQL

void kill_backend(stage& at, dice&) {
    int pid = 0;
    {
        auto db = at.connect();
        pid = a_backend(db, "true");
    }
    if (pid != 0) cluster::kill_backend(pid);
    at.postgres().wait_until_it_answers();
}

void kill_postmaster(stage& at, dice&) {
    at.postgres().kill_postmaster();
    at.postgres().start();
}

void restart_fast(stage& at, dice&) {
    at.postgres().stop(shutdown::fast);
    at.postgres().start();
}

void restart_at_once(stage& at, dice&) {
    at.postgres().stop(shutdown::immediate);
    at.postgres().start();
}

void hold_tail(stage& at, dice& d) {
    const held_tail held(at.database());
    last(d, 4s);
}

void hold_connections(stage& at, dice& d) {
    const held_connections first(at.database());
    at.proxy(d.below(at.processors())).cut_connections();
    const held_connections those_of_a_processor(at.database());
    last(d, 2s);
}

// ---- The projection

void rebuild_projection(stage& at, dice& d) {
    process program({"projection", "rebuild"}, {{"DATADROP_DATABASE", at.database()}});
    if (d.below(2) == 0) {
        last(d, 500ms);
        program.send(SIGKILL);
    }
    program.wait();
}

constexpr random_fault faults[] = {
    {"processor killed", kill_processor},
    {"processor stopped", stop_processor},
    {"processor frozen", freeze_processor},
    {"replies cut", cut_replies},
    {"statement cut", cut_statement},
    {"statement swallowed", swallow_statement},
    {"statement held", hold_statement},
    {"connections cut", cut_connections},
    {"connections refused", refuse_connections},
    {"backend killed", kill_backend},
    {"postmaster killed", kill_postmaster},
    {"restart, fast", restart_fast},
    {"restart, immediate", restart_at_once},
    {"turn to write held", hold_tail},
    {"no connection free", hold_connections},
    {"projection rebuilt", rebuild_projection},
};

} // namespace

std::chrono::milliseconds dice::between(std::chrono::milliseconds min,
                                        std::chrono::milliseconds max) {
    const auto span = static_cast<std::uint64_t>((max - min).count() + 1);
    return min + std::chrono::milliseconds(random_() % span);
}

std::span<const random_fault> all_faults() { return faults; }

} // namespace datadrop::test
