#pragma once
// When tokens were last used, for the database, to the minute: what a request costs of it is a note
// in memory, and what is noted is written now and then, in the background.
//
// On the io_context's thread.

#include "eventstore/tokens.hpp"
#include "processor/service/readers.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <map>
#include <set>
#include <vector>

namespace datadrop::processor {

class token_uses {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    /// The token is used now.
    void note(const eventstore::token_hash& token) { used_.insert(token); }

    /// Those to be written now: used since they were last, which is a minute ago or more. They
    /// count as written.
    std::vector<eventstore::token_hash> take_due(time_point now);
    /// They were not written after all.
    void put_back(const std::vector<eventstore::token_hash>& tokens);

  private:
    std::set<eventstore::token_hash> used_;
    std::map<eventstore::token_hash, time_point> written_;
};

/// Writes what is due every few seconds, as long as the io_context runs. Never ends by an
/// exception. Both outlive the io_context's run.
boost::asio::awaitable<void> keep_token_uses(token_uses& uses, readers& by);

} // namespace datadrop::processor
