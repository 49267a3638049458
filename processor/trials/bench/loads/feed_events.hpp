#pragma once
// The feed as a load's reader takes it: how many events there are in what has come, and when each
// was recorded. It looks for no more than that, since the readers share the machine with the server
// that is measured. Values; one thread.

#include "domain/ids.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace datadrop::processor::trials::bench {

class feed_events {
  public:
    /// Gets the time of an event, unless its data has none.
    using take_event = std::function<void(std::optional<domain::timestamp> recorded_at)>;

    /// Takes bytes of the feed, cut anywhere; hands on each event that they complete.
    void feed(std::string_view bytes, const take_event& take);

  private:
    std::string rest_; // behind the last block that was complete
};

} // namespace datadrop::processor::trials::bench
