// What the doctor prints, and the file in which it keeps where a log ended.

#include "processor/cli/doctor_report.hpp"
#include "processor/cli/end_memory.hpp"

#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <stdlib.h>

namespace {

namespace fs = std::filesystem;
using namespace datadrop::processor::cli;
using datadrop::eventstore::postgres::doctor::severity;

doctor_report ill() {
    return {.database = "club",
            .role = "app",
            .server_version = "15.14",
            .all = {{.check = "version", .what = "PostgreSQL 15.14"},
                    {.check = "durability",
                     .how_bad = severity::error,
                     .what = "fsync is off",
                     .why = "a crash loses it",
                     .remedy = {"ALTER SYSTEM SET fsync = 'on';", "SELECT pg_reload_conf();"}}}};
}

/// A new folder; removed with the object.
struct folder {
    folder() { path = ::mkdtemp(path.data()); }
    ~folder() { fs::remove_all(path); }
    std::string path = (fs::temp_directory_path() / "datadrop-doctor.XXXXXX").string();
};

TEST_SUITE_BEGIN("cli doctor");

TEST_CASE("the report: a line a finding, why it matters and what mends it below") {
    CHECK(to_text(ill()) == "ok       version        PostgreSQL 15.14\n"
                            "error    durability     fsync is off\n"
                            "                        why:  a crash loses it\n"
                            "                        mend: ALTER SYSTEM SET fsync = 'on';\n"
                            "                              SELECT pg_reload_conf();\n"
                            "errors: 1, warnings: 0, notes: 0\n");
}

TEST_CASE("the report for programs has the same fields in every finding") {
    CHECK(boost::json::serialize(to_json(ill())) ==
          R"({"database":"club","role":"app","server_version":"15.14","errors":1,"warnings":0,)"
          R"("notes":0,"findings":[{"check":"version","severity":"ok","what":"PostgreSQL 15.14",)"
          R"("why":null,"remedy":[]},{"check":"durability","severity":"error",)"
          R"("what":"fsync is off","why":"a crash loses it",)"
          R"("remedy":["ALTER SYSTEM SET fsync = 'on';","SELECT pg_reload_conf();"]}]})");
}

TEST_CASE("the report: what was accepted is a note at most, and the worst one counts") {
    auto report = ill();
    CHECK(report.worst() == severity::error);
    report.accept({"version"});
    CHECK(report.worst() == severity::error);
    report.accept({"durability"});
    CHECK(report.worst() == severity::note);
    CHECK(report.all[0].how_bad == severity::ok);
    CHECK(doctor_report{}.worst() == severity::ok);
}

TEST_CASE("the log's end: kept, found again, and forgotten by the command line that is named") {
    const folder at;
    const end_memory memory(fs::path(at.path) / "it's/new/one");
    CHECK(!memory.recall());
    memory.keep("41~9f3c21ab");
    CHECK(memory.recall() == "41~9f3c21ab");
    memory.keep("42~00000000");
    CHECK(memory.recall() == "42~00000000");
    CHECK(std::system(memory.how_to_forget().c_str()) == 0);
    CHECK(!memory.recall());
}

TEST_CASE("the log's end: a file that is none is said, not misread") {
    const folder at;
    std::ofstream(at.path + "/long") << std::string(10'000, '1');
    CHECK_THROWS_AS(end_memory(at.path + "/long").recall(), unkept);
    CHECK_THROWS_AS(end_memory(at.path + "/long/below").keep("0"), unkept);
}

TEST_SUITE_END();

} // namespace
