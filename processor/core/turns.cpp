#include "processor/core/turns.hpp"

#include "domain/check.hpp"

#include <utility>

namespace datadrop::processor {

void lane_turns::add(lane_line& of, lane& l) {
    domain::check(l.line == nullptr, "a lane stands in one line");
    const bool is_new = of.empty();
    l.line = &of;
    ++lanes_;
    l.begun = l.ready.front()->started.has_value(); // its budget runs: before those who wait
    (l.begun ? of.begun : of.fresh).push_back(l);
    if (is_new) {
        of.hurries = l.begun;
        rotation_of(of).join(of);
    } else {
        place(of);
    }
}

lane& lane_turns::next() {
    const bool others = hurried_.empty() || (others_turn_ && !others_.empty());
    others_turn_ = !others; // by turns, so that neither kind starves the other
    auto& lines = others ? others_ : hurried_;
    auto& line = lines.front();
    lines.pass();
    return line.front();
}

void lane_turns::remove(lane& l) {
    auto& line = *std::exchange(l.line, nullptr);
    --lanes_;
    auto& lanes = l.begun ? line.begun : line.fresh;
    lanes.erase(lanes.iterator_to(l));
    line.empty() ? rotation_of(line).leave(line) : place(line);
}

/// Moves the line to where its first lane belongs.
void lane_turns::place(lane_line& l) {
    const bool hurries = !l.begun.empty();
    if (l.hurries == hurries) return;
    rotation_of(l).leave(l);
    l.hurries = hurries;
    rotation_of(l).join(l);
}

} // namespace datadrop::processor
