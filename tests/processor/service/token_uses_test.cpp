// Which uses of tokens are written, and when.

#include "processor/service/token_uses.hpp"

#include <doctest/doctest.h>

#include <string>

namespace datadrop::processor {
namespace {

using namespace std::chrono_literals;
using hashes = std::vector<eventstore::token_hash>;

const token_uses::time_point began{100h};
const auto one = eventstore::hash_token("one");
const auto other = eventstore::hash_token("other");

TEST_SUITE_BEGIN("token_uses");

TEST_CASE("token_uses: a first use is written at once, however often it came, and then no more") {
    token_uses uses;
    CHECK(uses.take_due(began).empty());
    for (int i = 0; i < 3; ++i)
        uses.note(one);
    CHECK(uses.take_due(began) == hashes{one});
    CHECK(uses.take_due(began + 2h).empty());
}

TEST_CASE("token_uses: one that is used all the time is written once a minute") {
    token_uses uses;
    int writes = 0;
    for (auto at = began; at < began + 10min; at += 2s) {
        uses.note(one);
        writes += static_cast<int>(uses.take_due(at).size());
    }
    CHECK(writes == 10);
}

TEST_CASE("token_uses: a use within the minute is written when it is over") {
    token_uses uses;
    uses.note(one);
    uses.take_due(began);
    uses.note(one);
    uses.note(other);
    CHECK(uses.take_due(began + 1s) == hashes{other});
    CHECK(uses.take_due(began + 59s).empty());
    CHECK(uses.take_due(began + 60s) == hashes{one});
}

TEST_CASE("token_uses: what could not be written is due again") {
    token_uses uses;
    uses.note(one);
    uses.put_back(uses.take_due(began));
    CHECK(uses.take_due(began + 2s) == hashes{one});
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::processor
