#pragma once
// Lets a process of its own run into a bug, and tells how it ended: for tests of what check()
// guards. One thread.

#include <array>
#include <csignal>
#include <stdexcept>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

namespace datadrop::test {

struct ended {
    int signal = 0; // 0: it went on to its end
    std::string said;
};

template <typename Work>
ended in_its_own_process(Work work) {
    std::array<int, 2> pipe_ends{};
    if (pipe(pipe_ends.data()) != 0) throw std::runtime_error("no pipe");
    const pid_t child = fork();
    if (child == 0) {
        std::signal(SIGABRT, SIG_DFL); // doctest's own handler would tell the tests' story again
        dup2(pipe_ends[1], STDERR_FILENO);
        work();
        _exit(0);
    }
    close(pipe_ends[1]);
    ended e;
    std::array<char, 256> piece{};
    for (ssize_t got = 0; (got = read(pipe_ends[0], piece.data(), piece.size())) > 0;)
        e.said.append(piece.data(), static_cast<std::size_t>(got));
    close(pipe_ends[0]);
    int status = 0;
    if (waitpid(child, &status, 0) != child) throw std::runtime_error("no end");
    if (WIFSIGNALED(status)) e.signal = WTERMSIG(status);
    return e;
}

} // namespace datadrop::test
