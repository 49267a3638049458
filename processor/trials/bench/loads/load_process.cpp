#include "processor/trials/bench/loads/load_process.hpp"

#include "processor/trials/children/server_process.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <chrono>

namespace datadrop::processor::trials::bench {
namespace {

constexpr std::chrono::milliseconds look_again{500};
constexpr std::chrono::minutes silence_max{20}; // as long as no filling takes

child_options as_child(const load_surroundings& around) {
    return {.name = "load",
            .arguments = {"bench", "load"},
            .environment = around.environment,
            .log = around.log,
            .io = child_io::conversation};
}

} // namespace

load_process::load_process(const load_spec& spec, const load_surroundings& around)
    : child_(std::make_unique<child>(as_child(around))) {
    child_->tell(boost::json::serialize(to_json(spec)));
}

std::string load_process::next_line(const interruptions& signals, const meanwhile& look) {
    for (const auto end = std::chrono::steady_clock::now() + silence_max;;) {
        const auto code = child_->exit_code(); // first: it may have said something before its end
        if (auto line = child_->hear()) return *line;
        if (code) throw failure_of(*child_, fmt::format("ended with exit code {}", *code));
        if (std::chrono::steady_clock::now() > end)
            throw failure_of(*child_, fmt::format("said nothing for {} min", silence_max.count()));
        if (look) look();
        signals.wait({child_.get()}, look_again);
    }
}

void load_process::wait_for(std::string_view word, const interruptions& signals,
                            const meanwhile& look) {
    const auto line = next_line(signals, look);
    if (line != word) throw failure_of(*child_, fmt::format("said \"{}\" for {}", line, word));
}

load_report load_process::wait_for_report(const interruptions& signals) {
    const auto report = load_report_from(boost::json::parse(next_line(signals, {})));
    while (!child_->exit_code())
        signals.wait({child_.get()}, look_again);
    if (const auto code = child_->exit_code(); code != 0)
        throw failure_of(*child_, fmt::format("ended with exit code {}", *code));
    return report;
}

std::vector<load_report> run_at_once(std::vector<load_process>& loads, const at_moments& at,
                                     const interruptions& signals) {
    const auto all_say = [&](std::string_view word) {
        for (auto& load : loads)
            load.wait_for(word, signals, at.meanwhile);
    };
    all_say("ready");
    if (at.ready) at.ready();
    for (auto& load : loads)
        load.go();
    all_say("measuring");
    if (at.measuring) at.measuring();
    all_say("measured");
    if (at.measured) at.measured();
    std::vector<load_report> reports;
    for (auto& load : loads)
        reports.push_back(load.wait_for_report(signals));
    return reports;
}

} // namespace datadrop::processor::trials::bench
