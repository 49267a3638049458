#pragma once
// Who is connected, and who has to go when all places are taken: the one that is idle for longest,
// or else the one that is longest about a request without having shown a token. Beyond the ordinary
// places there are a few spare ones, where nothing is served that needs a token, so that health
// checks get through whatever the others do; the oldest makes room for the next there. One thread.

#include "processor/http/http_limits.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_set>
#include <vector>

namespace datadrop::processor::http {

class http_session;

class connections {
  public:
    struct places {
        std::size_t ordinary = connections_max;
        std::size_t spare = connections_spare;
    };

    connections() = default;
    explicit connections(places all) : places_(all) {}

    /// Gives a new session a place; may close another one.
    void enter(http_session& who);
    /// One that was closed for another has left already.
    void leave(http_session& who);

    /// Whether the session has an ordinary place, now or from now on; may close another one.
    [[nodiscard]] bool claim(http_session& who);
    bool is_spare(const http_session& who) const;

    std::vector<http_session*> all() const;
    std::size_t count() const { return ordinary_.size() + spare_.size(); }
    /// Ordinary places.
    std::size_t limit() const { return places_.ordinary; }
    /// Closed to make room, since the start.
    std::uint64_t closed_for_room() const { return closed_for_room_; }

  private:
    bool make_room();
    void close(http_session& who);

    places places_{};
    std::unordered_set<http_session*> ordinary_{};
    std::list<http_session*> spare_{}; // in the order of their coming
    std::uint64_t closed_for_room_ = 0;
};

} // namespace datadrop::processor::http
