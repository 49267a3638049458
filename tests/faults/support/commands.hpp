#pragma once
// Commands of single members, for cases that watch one write. Values; every thread.

#include "domain/vocabulary.hpp"
#include "tests/faults/support/client.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace datadrop::test {

/// A complete command of a member that nobody else uses, with a new key.
class somebody {
  public:
    somebody();

    boost::json::object command(domain::command_kind kind) const;
    /// One that waits for a state that the member never is in, and so is parked.
    boost::json::object hopeless() const;
    /// One that is told a version which was, and is retried on what is.
    boost::json::object stale(domain::command_kind kind, int version) const;

    /// Brings the member there; throws std::runtime_error when that is refused.
    void bring(client& by, domain::state goal) const;

  private:
    std::string guild_;
    std::string user_;
};

/// The fields of an object in the order asked for, in one line.
std::string fields(const boost::json::object& of, const std::vector<std::string>& names);

} // namespace datadrop::test
