// A migration is frozen once it is in migrations.sha256: databases have run it. Its line is what
// `sha256sum` prints in eventstore/sql/migrations.

#include "eventstore/sql/migrations.hpp"

#include "eventstore/fingerprint.hpp"
#include "eventstore/tokens.hpp"
#include "tests/support/print.hpp"

#include <fstream>
#include <map>

namespace datadrop::eventstore {
namespace {

std::map<std::string, std::string> frozen_checksums() {
    std::ifstream file(std::string(DATADROP_SOURCE) + "/tests/eventstore/migrations.sha256");
    std::map<std::string, std::string> checksums;
    for (std::string checksum, name; file >> checksum >> name;)
        checksums[name] = checksum;
    return checksums;
}

std::string sha256(std::string_view text) {
    return to_text(domain::email_fingerprint(hash_token(text)));
}

/// Heads and tails are what events say; V0006 keeps the heads there, and V0008 sees that the tails
/// are what is there.
bool loses_nothing(std::string_view drop) {
    const auto drops = [&](std::string_view what) { return drop.starts_with(what); };
    return drops("DROP INDEX") || drops("DROP FUNCTION") || drops("DROP TYPE") ||
           drops("DROP CONSTRAINT") || drops("DROP TABLE datadrop.heads;") ||
           drops("DROP TABLE datadrop.tails;");
}

TEST_SUITE_BEGIN("migrations");

TEST_CASE("migrations: each is as it was frozen") {
    const auto frozen = frozen_checksums();
    CHECK_EQ(frozen.size(), std::size(sql::migrations::all));
    for (const auto& [name, text] : sql::migrations::all) {
        const auto file = std::string(name) + ".sql";
        CAPTURE(file);
        REQUIRE(frozen.contains(file));
        CHECK_EQ(sha256(text), frozen.at(file));
    }
}

TEST_CASE("migrations: numbered from 1 on without a gap, and none drops data") {
    int number = 10'000;
    for (const auto& [name, text] : sql::migrations::all) {
        CAPTURE(std::string(name));
        CHECK_EQ(name.substr(0, 7), "V" + std::to_string(++number).substr(1) + "__");
        for (auto at = text.find("DROP"); at != text.npos; at = text.find("DROP", at + 1))
            CHECK(loses_nothing(text.substr(at)));
    }
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore
