#include "eventstore/postgres/cluster/spawn.hpp"

#include "eventstore/postgres/cluster/descriptor.hpp"

#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace datadrop::eventstore::postgres {
namespace {

/// Behind stdin, stdout and stderr: where the child complains when its program does not begin.
constexpr int complaints = STDERR_FILENO + 1;

[[noreturn]] void fail(int error, const char* what) {
    throw std::system_error(error, std::generic_category(), what);
}

/// As exec takes them: with a null behind the last. It is declared to write to them, and does not.
std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (const auto& text : texts)
        all.push_back(const_cast<char*>(text.c_str()));
    all.push_back(nullptr);
    return all;
}

/// Made before the child is there: another thread may hold the allocator's lock while we fork, and
/// nobody gives it back in the child.
struct prepared {
    explicit prepared(const beginning& of)
        : given(of), arguments(pointers_to(of.arguments)), environment(pointers_to(of.environment)),
          owner(getpid()) {}

    const beginning& given;
    std::vector<char*> arguments;
    std::vector<char*> environment;
    pid_t owner;
};

/// One that stands there already has only to outlive exec, which dup2 would leave as it was.
bool put(int from, int to) {
    return from == to ? fcntl(to, F_SETFD, 0) == 0 : dup2(from, to) == to;
}

/// The owner may have ended before the kernel was asked to watch it.
bool tie_to(pid_t owner) {
    return setpgid(0, 0) == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == owner;
}

/// Nothing but system calls until the program begins. Comes back only when it does not, with errno,
/// and with the pipe to complain through where it is then.
void become(const prepared& p, int& pipe) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    if (p.given.ends_with_us && !tie_to(p.owner)) return;
    if (!put(p.given.in, STDIN_FILENO) || !put(p.given.out, STDOUT_FILENO) ||
        !put(p.given.err, STDERR_FILENO))
        return;
    // What else we have open is not for the child: a server that outlives us must hold no socket or
    // lock of ours. The pipe goes when the program begins, and tells us so by that.
    if (pipe != complaints && dup3(pipe, complaints, O_CLOEXEC) < 0) return;
    pipe = complaints;
    closefrom(complaints + 1);
    if (!p.given.folder.empty() && chdir(p.given.folder.c_str()) != 0) return;
    execvpe(p.given.program.c_str(), p.arguments.data(), p.environment.data());
}

[[noreturn]] void become_or_complain(const prepared& p, int pipe) {
    become(p, pipe);
    const int error = errno;
    // Whom it does not reach is gone, and needs no answer any more.
    [[maybe_unused]] const auto told = write(pipe, &error, sizeof error);
    _exit(127);
}

/// The pipe's end is the child's alone once this has returned, so that it ends with the child's.
pid_t fork_into(const prepared& p, descriptor pipe) {
    const auto child = fork();
    if (child < 0) fail(errno, "fork");
    if (child == 0) become_or_complain(p, pipe.number());
    return child;
}

/// What the child complained of; 0 when its program has begun.
int complaint_in(const descriptor& pipe) {
    int error = 0;
    ssize_t got = 0;
    while ((got = read(pipe.number(), &error, sizeof error)) < 0 && errno == EINTR) {
    }
    return got == sizeof error ? error : 0;
}

} // namespace

pid_t spawn(const beginning& of) {
    int ends[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC) != 0) fail(errno, "pipe");
    const descriptor ours(ends[0]);
    descriptor its(ends[1]);
    const auto child = fork_into(prepared(of), std::move(its));
    const int error = complaint_in(ours);
    if (error == 0) return child;
    wait_for_exit(child);
    fail(error, of.program.c_str());
}

int wait_for_exit(pid_t process) {
    int status = 0;
    while (waitpid(process, &status, 0) < 0)
        if (errno != EINTR) fail(errno, "waitpid");
    return exit_code_of(status);
}

int exit_code_of(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace datadrop::eventstore::postgres
