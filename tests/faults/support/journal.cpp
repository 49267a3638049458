#include "tests/faults/support/journal.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>

namespace datadrop::test {
namespace json = boost::json;
namespace {

constexpr std::array<std::string_view, 4> settled{"accepted", "rejected", "conflict",
                                                  "dead_lettered"};

std::string line_of(const sending& s) {
    return json::serialize(json::object{{"submission", s.submission},
                                        {"client", s.client},
                                        {"sent_at", s.sent_at.count()},
                                        {"answered_at", s.answered_at.count()},
                                        {"abandoned", s.abandoned},
                                        {"status", s.status},
                                        {"command", s.command},
                                        {"outcome", s.outcome}});
}

std::string answer_line_of(const sending& s) {
    return json::serialize(json::object{{"door", s.client},
                                        {"sent_at", s.sent_at.count()},
                                        {"latency", (s.answered_at - s.sent_at).count()},
                                        {"command", s.command},
                                        {"outcome", s.outcome}});
}

void write(std::ofstream& to, const std::string& line) {
    if (!(to << line << std::endl)) throw std::runtime_error("the journal cannot be written");
}

} // namespace

bool is_settled(const json::object& outcome) {
    const auto* const name = outcome.if_contains("outcome");
    return name && name->is_string() &&
           std::ranges::find(settled, std::string_view(name->get_string())) != settled.end();
}

std::chrono::microseconds now_since_1970() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now().time_since_epoch());
}

journal::journal(const std::filesystem::path& folder)
    : folder_(folder), sendings_(sendings()), remediations_(remediations()), answers_(answers()) {}

void journal::note(const sending& s) {
    const std::lock_guard alone(mutex_);
    write(sendings_, line_of(s));
    if (!is_settled(s.outcome)) {
        ++unsettled_;
        return;
    }
    write(answers_, answer_line_of(s));
    if (s.outcome.at("outcome") == "accepted") ++accepted_;
}

void journal::note(const remediation& r) {
    const auto line = json::serialize(json::object{{"dead_letter", r.dead_letter},
                                                   {"verb", r.verb},
                                                   {"status", r.status},
                                                   {"letter", r.letter}});
    const std::lock_guard alone(mutex_);
    write(remediations_, line);
}

} // namespace datadrop::test
