#include "domain/check.hpp"

#include <doctest/doctest.h>

#include <array>
#include <csignal>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

namespace {

struct ended {
    int signal = 0;
    std::string said;
};

/// Lets a process of its own meet a check that does not hold.
ended run_into_a_bug() {
    std::array<int, 2> pipe_ends{};
    REQUIRE_EQ(pipe(pipe_ends.data()), 0);
    const pid_t child = fork();
    if (child == 0) {
        std::signal(SIGABRT, SIG_DFL); // doctest's own handler would tell the tests' story again
        dup2(pipe_ends[1], STDERR_FILENO);
        datadrop::domain::check(1 + 1 == 3, "the sum is right");
        _exit(0);
    }
    close(pipe_ends[1]);
    ended e;
    std::array<char, 256> piece{};
    for (ssize_t got = 0; (got = read(pipe_ends[0], piece.data(), piece.size())) > 0;)
        e.said.append(piece.data(), static_cast<std::size_t>(got));
    close(pipe_ends[0]);
    int status = 0;
    REQUIRE_EQ(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) e.signal = WTERMSIG(status);
    return e;
}

} // namespace

TEST_SUITE_BEGIN("check");

TEST_CASE("check: what does not hold ends the process, and says what and where") {
    const auto e = run_into_a_bug();
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
