#pragma once
// What waits in a partition for one thing, shared by guild: each guild has a line of its own, and
// the guilds take turns, so that whatever one of them brings, another waits for no more than its
// turn. Data of the machine; one thread at a time.

#include "processor/core/lane.hpp"

#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <list>
#include <utility>

namespace datadrop::processor {

/// Its place among the lines of other guilds.
using turn_hook =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::normal_link>>;

/// The lines that hold something, the one whose turn it is first.
template <typename Line>
class rotation {
  public:
    bool empty() const { return lines_.empty(); }
    Line& front() { return lines_.front(); }
    void join(Line& l) { lines_.push_back(l); }
    void leave(Line& l) { lines_.erase(lines_.iterator_to(l)); }
    /// The turn of the first is over.
    void pass() { lines_.splice(lines_.end(), lines_, lines_.begin()); }

  private:
    boost::intrusive::list<Line, boost::intrusive::constant_time_size<false>> lines_;
};

/// A guild's lanes that wait for one thing, each kind in the order in which they came.
struct lane_line : turn_hook {
    lane_list begun{};    // their budget is running: they go before …
    lane_list fresh{};    // … those that have not begun, for the queue's length is not their fault
    bool hurries = false; // stands among the lines with lanes that have begun

    bool empty() const { return begun.empty() && fresh.empty(); }
    lane& front() { return begun.empty() ? fresh.front() : begun.front(); }
};

/// Lanes that wait for one thing. Guilds whose lanes have begun take turns with guilds whose lanes
/// have not: the retries of one must not keep the others from beginning, nor the other way round.
class lane_turns {
  public:
    bool empty() const { return lanes_ == 0; }
    std::size_t size() const { return lanes_; }
    /// The lane stands in no line.
    void add(lane_line& of, lane& l);
    /// The lane whose turn it is. It stays in its line; the next call gives another guild's.
    lane& next();
    /// Takes the lane out of its line.
    void remove(lane& l);

  private:
    rotation<lane_line>& rotation_of(const lane_line& l) { return l.hurries ? hurried_ : others_; }
    void place(lane_line& l);

    rotation<lane_line> hurried_;
    rotation<lane_line> others_;
    bool others_turn_ = false;
    std::size_t lanes_ = 0; // in all lines
};

/// A guild's items that wait for one thing, in the order in which they came.
template <typename Item>
struct item_line : turn_hook {
    std::list<Item> items{};
};

template <typename Item>
class item_turns {
  public:
    bool empty() const { return lines_.empty(); }
    void add(item_line<Item>& of, Item item) {
        if (of.items.empty()) lines_.join(of);
        of.items.push_back(std::move(item));
    }
    Item take() {
        auto& line = lines_.front();
        auto item = std::move(line.items.front());
        line.items.pop_front();
        line.items.empty() ? lines_.leave(line) : lines_.pass();
        return item;
    }

  private:
    rotation<item_line<Item>> lines_;
};

} // namespace datadrop::processor
