// Which program it is, and with what it was built.

#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>

namespace datadrop::test {

TEST_CASE("cli: version tells what a report of a bug asks for") {
    CHECK(run({"--version"}).out == "datadrop " DATADROP_VERSION "\n");
    const auto text = run({"version"}).out;
    CHECK(text.starts_with("datadrop " DATADROP_VERSION "\nschema "));
    const auto told = object_of(run({"version", "--format", "json"}));
    CHECK(told.at("version") == DATADROP_VERSION);
    const scratch_database database;
    CHECK(told.at("schema") ==
          database.connect().run("SELECT max(version) FROM datadrop.schema_migrations").number());
    for (const auto* library : {"libpq", "libpqxx", "openssl", "boost", "compiler"}) {
        const std::string version(told.at(library).as_string());
        CHECK(contains(text, version));
        CHECK(contains(version, "."));
    }
}

} // namespace datadrop::test
