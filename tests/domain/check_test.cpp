#include "domain/check.hpp"

#include "tests/support/bug.hpp"

#include <doctest/doctest.h>

TEST_SUITE_BEGIN("check");

TEST_CASE("check: what does not hold ends the process, and says what and where") {
    const auto e = datadrop::test::in_its_own_process(
        [] { datadrop::domain::check(1 + 1 == 3, "the sum is right"); });
    CHECK_EQ(e.signal, SIGABRT);
    CHECK_NE(e.said.find("the sum is right"), std::string::npos);
    CHECK_NE(e.said.find("check_test.cpp:"), std::string::npos);
}

TEST_CASE("check: what holds costs nobody anything") {
    static_assert([] {
        datadrop::domain::check(true, "it is usable in constants");
        return true;
    }());
}

TEST_SUITE_END();
