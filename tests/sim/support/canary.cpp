#include "tests/sim/support/canary.hpp"

namespace datadrop::sim {
namespace {

canary chosen = canary::none;

} // namespace

void plant(canary which) { chosen = which; }
bool planted(canary which) { return chosen == which; }

} // namespace datadrop::sim
