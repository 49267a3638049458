#include "tests/eventstore/support/log_world.hpp"

#include <doctest/doctest.h>

namespace datadrop::test {

void on_each_log(const std::function<void(log_world&)>& body) {
    SUBCASE("with one partition") { body(world_of(1)); }
    SUBCASE("with three partitions") { body(world_of(3)); }
}

} // namespace datadrop::test
