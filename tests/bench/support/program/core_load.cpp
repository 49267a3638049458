// core_load LOAD COMMANDS: feeds the core that many commands, 64 in flight, and answers for the log
// itself. Prints how often the core allocated memory; run under callgrind, which is told to collect
// within in_core alone, it shows the core's instructions. Nothing is drawn and no clock is asked:
// each run goes the same way.
#include "processor/core/machine.hpp"

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

std::uint64_t allocations = 0;
bool counting = false;

} // namespace

void* operator new(std::size_t size) {
    allocations += counting;
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace datadrop::bench {
namespace {

using namespace processor;
using domain::command_kind;
using domain::state;

struct load {
    std::string_view name;
    std::int64_t members;
    int conflict_every = 0; // append, when it is the log's turn to say no; 0 = never
};
constexpr load loads[] = {{.name = "spread", .members = 10'000},
                          {.name = "hot", .members = 1},
                          {.name = "conflicts", .members = 10'000, .conflict_every = 3}};

const load& load_named(std::string_view name) {
    for (const auto& one : loads)
        if (one.name == name) return one;
    throw std::invalid_argument("no such load");
}

/// Everything in which the core works, so that callgrind finds it by this name.
template <typename Call>
[[gnu::noinline]] auto in_core(Call call) {
    struct scope {
        scope() { counting = true; }
        ~scope() { counting = false; }
    } const s;
    return call();
}

class driver {
  public:
    driver(const load& how, std::int64_t commands)
        : how_(how), commands_(commands), heads_(static_cast<std::size_t>(how.members)) {}

    void run() {
        constexpr std::int64_t in_flight = 64;
        while (answered_ < commands_) {
            while (submitted_ < commands_ && submitted_ - answered_ < in_flight)
                submit();
            in_core([&] { core_.start_work(now_); });
            carry_out();
        }
    }

  private:
    /// The members in turn, each coming and going, so that every command is accepted.
    void submit() {
        domain::envelope e;
        e.who = {domain::guild_id{1}, domain::user_id{submitted_ % how_.members + 1}};
        e.kind = submitted_ / how_.members % 2 == 0 ? command_kind::join : command_kind::leave;
        e.idempotency_key = "a key as long as most are: " + std::to_string(submitted_);
        std::vector<submission> one{{static_cast<ticket>(++submitted_),
                                     std::make_shared<const domain::envelope>(std::move(e))}};
        in_core([&] { core_.submit(std::move(one), now_); });
    }

    void carry_out() {
        const auto actions = in_core([&] { return core_.take_actions(); });
        for (const auto& next : actions)
            std::visit([this](const auto& a) { carry_out(a); }, next);
    }

    void carry_out(const log_call& call) {
        std::visit([this](const auto& a) { carry_out(a); }, call);
    }

    void carry_out(const load_heads& a) {
        eventstore::members_seen seen;
        for (const auto& who : a.members)
            seen.heads.push_back(head_of(who));
        seen.has_parked_keys.resize(seen.heads.size());
        in_core([&] {
            core_.feed(heads_loaded{eventstore::partition_number{}, std::move(seen)}, now_);
        });
    }

    void carry_out(const append_chains& a) {
        ++appends_;
        const bool refuses = how_.conflict_every > 0 && appends_ % how_.conflict_every == 0;
        eventstore::append_result told;
        for (const auto& c : a.chains)
            told.fates.push_back(refuses ? overtaken(c) : written(c));
        in_core([&] {
            core_.feed(chains_appended{eventstore::partition_number{}, std::move(told)}, now_);
        });
        carry_out();
    }

    void carry_out(const answer& a) {
        if (a.what.kind != outcome_kind::accepted) throw std::logic_error("not accepted");
        ++answered_;
    }

    template <typename Other>
    void carry_out(const Other&) {
        throw std::logic_error("not what this load leads to");
    }

    eventstore::chain_fate written(const eventstore::chain& c) {
        const eventstore::global_position first{last_position_ + 1};
        last_position_ += static_cast<std::int64_t>(c.steps.size());
        head_of(c.who) = c.after;
        return {.what = eventstore::fate::appended, .first = first};
    }

    /// Somebody else's event came first, and left the member's state as it was.
    eventstore::chain_fate overtaken(const eventstore::chain& c) {
        auto& head = head_of(c.who);
        head.version = domain::next(head.version);
        return {.what = eventstore::fate::conflict, .found = head};
    }

    eventstore::head& head_of(domain::member_id who) {
        return heads_[static_cast<std::size_t>(domain::number_of(who.user)) - 1];
    }

    const load& how_;
    std::int64_t commands_;
    std::vector<eventstore::head> heads_; // as the log has them
    // One append at a time where the log says no: two in turn would meet one command every time.
    machine core_{1, {.appends_max = how_.conflict_every > 0 ? 1U : 2U}, 1};
    const moment now_{};
    std::int64_t submitted_ = 0;
    std::int64_t answered_ = 0;
    std::int64_t last_position_ = 0;
    int appends_ = 0;
};

} // namespace
} // namespace datadrop::bench

int main(int argc, char** argv) {
    if (argc != 3) return EXIT_FAILURE;
    datadrop::bench::driver(datadrop::bench::load_named(argv[1]), std::stoll(argv[2])).run();
    std::cout << "allocations: " << allocations << '\n';
}
