// Addresses are personal data: they stand in one table and are gone from it when they are erased.

#include "tests/support/chains.hpp"
#include "tests/support/database.hpp"

namespace datadrop::eventstore {
namespace {

using domain::command_kind;

/// All addresses that the database holds, joined by blanks.
std::string all_addresses(const test::scratch_database& database) {
    auto db = database.connect();
    return std::string(db.run("SELECT coalesce(string_agg(address, ' ' ORDER BY address), '')"
                              " FROM datadrop.addresses")
                           .text(0, 0));
}

TEST_SUITE_BEGIN("addresses");

TEST_CASE("addresses: one that waits for a redrive is gone once the dead letter is closed") {
    const test::scratch_database database;
    const auto log = database.open_log();
    const auto who = test::new_member();
    const auto pending = test::bring_to(*log, who, domain::state::verification_pending);
    const auto command =
        test::make_command(who, command_kind::record_email, {.address = "waiting@example.org"});
    const auto id = test::park(*log, command).id;
    CHECK_EQ(all_addresses(database), "member@example.org waiting@example.org");
    SUBCASE("discarded") {
        CHECK_EQ(log->discard(id, {.by = test::an_operator, .reason = "no use"}),
                 remediation_fate::done);
        CHECK_EQ(all_addresses(database), "member@example.org");
    }
    SUBCASE("redriven") {
        test::append(*log, test::redriven(pending, command, id));
        CHECK_EQ(all_addresses(database), "waiting@example.org");
    }
}

TEST_CASE("addresses: no event and no parked key holds one") {
    const test::scratch_database database;
    const auto log = database.open_log();
    const auto who = test::new_member();
    test::bring_to(*log, who, domain::state::verification_pending);
    auto command = test::make_command(who, command_kind::record_email,
                                      {.address = "someone.special@example.org"});
    command.data.email.emplace(); // the builder's fingerprint can be read, the server's cannot
    test::park(*log, command);
    auto db = database.connect();
    for (const std::string table : {"events", "parked_keys"})
        CHECK_EQ(db.run("SELECT FROM datadrop." + table +
                        " AS t WHERE t::text LIKE '%special%'"
                        " OR t::text LIKE '%' || encode('special', 'hex') || '%'")
                     .size(),
                 0);
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore
