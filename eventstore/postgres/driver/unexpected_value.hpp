#pragma once
// A database that answers otherwise than it should: what it holds was damaged, or it writes values
// in another form than it was told to.

#include <stdexcept>

namespace datadrop::eventstore::postgres {

/// What came, and what was expected; never the value, which may be somebody's own.
struct unexpected_value : std::runtime_error {
    using std::runtime_error::runtime_error;
};

} // namespace datadrop::eventstore::postgres
