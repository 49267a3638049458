// The benchmark's comparison of answers with the log is only worth something if it can fail: true
// answers pass, and each lie, in a file of answers or in the log, is found by what it concerns.

#include "processor/trials/bench/runs/reconcile.hpp"

#include "tests/support/chains.hpp"
#include "tests/support/database.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <fstream>

using namespace datadrop;
using namespace datadrop::processor::trials::bench;

namespace {

using domain::command_kind;

/// A line of a load's file.
struct line {
    std::string key;
    std::string outcome;
    std::string state;
    std::string version;
    std::string position;
};

/// One member that was there before the load, and joined, left and joined again by it.
class load_of_one {
  public:
    load_of_one() : log_(database_.open_log()), file_(folder_.path() / "answers") {
        accept(command_kind::join);
        lines.clear();
        compared_ = std::make_unique<reconciliation>(database_.url());
        for (const auto kind : {command_kind::leave, command_kind::join, command_kind::leave})
            accept(kind);
        lines.push_back({"never", "overloaded", "\\N", "\\N", "\\N"});
    }

    /// What differs, a line each, after a script of SQL.
    std::string differing_after(const std::string& lie = "SELECT 1") {
        auto db = database_.connect();
        db.run_script("ALTER TABLE datadrop.events DISABLE TRIGGER ALL");
        db.run_script(lie);
        write();
        std::string differing;
        for (const auto& f : compared_->compare(written_by::datadrop, {file_})) {
            CHECK((f.differences > 0) == !f.first.empty());
            if (f.differences > 0) differing += std::string(f.what) + "\n";
        }
        return differing;
    }

    std::vector<line> lines;

  private:
    void accept(command_kind kind) {
        const auto command = test::make_command(who_, kind, {});
        const auto written = test::decided(head_, {command});
        const auto position = test::append(*log_, written).first;
        head_ = written.after;
        lines.push_back({command.idempotency_key, "accepted",
                         std::string(domain::name_of(head_.member.current)),
                         std::to_string(number_of(head_.version)),
                         std::to_string(number_of(position))});
    }

    void write() const {
        std::ofstream out(file_);
        for (const auto& l : lines)
            out << fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\n", l.key, number_of(who_.guild),
                               number_of(who_.user), l.outcome, l.state, l.version, l.position);
    }

    test::temporary_folder folder_;
    test::scratch_database database_;
    std::unique_ptr<eventstore::log> log_;
    std::filesystem::path file_;
    domain::member_id who_ = test::new_member();
    eventstore::head head_;
    std::unique_ptr<reconciliation> compared_;
};

const std::string as_told = "what was accepted is written as told\n";
const std::string once = "what is written was accepted, once\n";
const std::string not_written = "what was not accepted is not written\n";
const std::string gaps = "versions run without a gap\n";

struct lie_in_the_answers {
    const char* name;
    void (*tell)(std::vector<line>&);
    std::string found_by;
};

// clang-format off
const lie_in_the_answers lies_in_the_answers[] = {
    {"accepted, and nothing is written",
     [](auto& all) { all.back() = {"never", "accepted", "LeftGuild", "5", "5"}; }, as_told},
    {"another version",  [](auto& all) { all.front().version = "3"; },             as_told},
    {"another state",    [](auto& all) { all.front().state = "Banned"; },          as_told},
    {"another position", [](auto& all) { all.front().position = "7"; },            as_told},
    {"written, and nobody was told", [](auto& all) { all.erase(all.begin()); },    once},
    {"told twice", [](auto& all) { all.push_back(line(all.front())); },            once},
    {"refused, and it is written",
     [](auto& all) { all.front().outcome = "dead_lettered"; },       once + not_written},
};
// clang-format on

} // namespace

TEST_SUITE("bench reconcile") {
    TEST_CASE("true answers pass, and what was there before is nobody's") {
        load_of_one load;
        CHECK(load.differing_after() == "");
    }

    TEST_CASE("a lie in the answers is found by what it concerns") {
        for (const auto& [name, tell, found_by] : lies_in_the_answers) {
            CAPTURE(name);
            load_of_one load;
            tell(load.lines);
            CHECK(load.differing_after() == found_by);
        }
    }

    TEST_CASE("a lie in the log is found by what it concerns") {
        load_of_one load;
        SUBCASE("an event is lost") {
            CHECK(load.differing_after("DELETE FROM datadrop.events WHERE version = 3") ==
                  as_told + gaps);
        }
        SUBCASE("the event before the load's is lost") {
            CHECK(load.differing_after("DELETE FROM datadrop.events WHERE version = 1") == gaps);
        }
        SUBCASE("positions in another order") {
            CHECK(load.differing_after("UPDATE datadrop.events SET position = position + 10 "
                                       "WHERE version = 3") == as_told + gaps);
        }
    }
}
