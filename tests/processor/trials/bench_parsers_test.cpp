// What the benchmark reads of others' words: Linux's and pgbench's.

#include "processor/trials/bench/runs/pgbench_output.hpp"
#include "processor/trials/bench/runs/processes.hpp"
#include "processor/trials/children/children.hpp"
#include "tests/support/wait.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

using namespace datadrop::processor;
using namespace datadrop::processor::trials;
using namespace datadrop::processor::trials::bench;
using datadrop::test::wait_until;

TEST_SUITE("bench parsers") {
    TEST_CASE("pgbench: the transactions a second are found among its other words") {
        CHECK(parse_transactions_a_second("pgbench (15.8)\nlatency average = 2.5 ms\n"
                                          "initial connection time = 3.9 ms\n"
                                          "tps = 12345.678900 (without initial connection time)\n")
                  .value() == doctest::Approx(12345.6789));
        CHECK_FALSE(parse_transactions_a_second("pgbench: error: no such database"));
        CHECK_FALSE(parse_transactions_a_second("tps = none"));
    }

    TEST_CASE("a process' times are read behind its name, whatever that is") {
        const auto times = parse_process_times(
            "4711 (a (b) c) S 12 4711 4711 0 -1 4194304 100 200 0 0 31 7 500 60 20 0 1 0 99");
        REQUIRE(times);
        CHECK(times->parent == 12);
        CHECK(times->own == 38);
        CHECK(times->of_ended_children == 560);
        CHECK_FALSE(parse_process_times("4711 (short) S 12"));
        CHECK_FALSE(parse_process_times(""));
    }

    TEST_CASE("memory is the number behind its name, in bytes") {
        const auto status = "Name:\tx\nVmHWMore:\t1 kB\nVmHWM:\t   1234 kB\nVmRSS:\t 5 kB\n";
        CHECK(parse_kilobytes(status, "VmHWM") == 1234 * 1024);
        CHECK_FALSE(parse_kilobytes(status, "VmPeak"));
    }

    TEST_CASE("this process takes time and memory") {
        const auto before = cpu_seconds(getpid());
        wait_until([&] { return cpu_seconds(getpid()) > before; }, "processor time");
        CHECK(peak_memory(getpid()).value_or(0) > 1'000'000);
        CHECK(this_machine().cores > 0);
        CHECK(this_machine().memory > 1'000'000);
    }

    double of_children() {
        const auto all = cpu_seconds_with_children(getpid());
        return all - cpu_seconds(getpid());
    }

    void wait_for_children_at(const std::string& work) {
        const auto before = of_children();
        const child busy({.name = "busy",
                          .arguments = {"-c", "while :; do " + work + "; done"},
                          .environment = {},
                          .log = "/dev/null",
                          .program = "/bin/sh"});
        wait_until([&] { return of_children() > before + 0.1; }, "a child's time");
    }

    TEST_CASE("a process' time with that of its children: of those that run and that have ended") {
        wait_for_children_at(":");
        CHECK(of_children() > 0.05); // the kernel counts in hundredths, and rounds down
    }

    TEST_CASE("a process that ends while it is looked at is none") {
        wait_for_children_at("/bin/true");
    }
}
