#include "eventstore/membership_codec.hpp"

#include <doctest/doctest.h>

using namespace datadrop;

TEST_SUITE_BEGIN("log events");

TEST_CASE(
    "a payload has 16 bytes if it says nothing, and more otherwise, as copy_events.sql needs") {
    CHECK_EQ(eventstore::encode(domain::payload{}).size(), 16);
    const domain::payload any_field[] = {{.email = domain::email_fingerprint{}},
                                         {.email = {}, .campaign_id = ""},
                                         {.email = {}, .outcome = domain::state::none}};
    for (const auto& data : any_field)
        CHECK_GT(eventstore::encode(data).size(), 16);
}

TEST_SUITE_END();
