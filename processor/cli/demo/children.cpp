#include "processor/cli/demo/children.hpp"

#include <cerrno>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace datadrop::processor::cli::demo {
namespace {

constexpr auto this_program = "/proc/self/exe";

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (auto& text : texts)
        all.push_back(text.data());
    all.push_back(nullptr);
    return all;
}

/// Ours, but for settings of this program, which would turn a child to something else.
std::vector<std::string> environment_with(const std::map<std::string, std::string>& own) {
    std::vector<std::string> all;
    for (auto* variable = environ; *variable != nullptr; ++variable)
        if (!std::string_view(*variable).starts_with("DATADROP_")) all.emplace_back(*variable);
    for (const auto& [name, value] : own)
        all.push_back(name + "=" + value);
    return all;
}

/// In the child: nothing but system calls until the program begins. A process group of its own
/// keeps a terminal's Ctrl-C from it, which is for the owner to act on.
[[noreturn]] void become(char* const* arguments, char* const* environment, int log, pid_t owner) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (getppid() == owner && dup2(nothing, STDIN_FILENO) >= 0 && dup2(log, STDOUT_FILENO) >= 0 &&
        dup2(log, STDERR_FILENO) >= 0)
        execve(this_program, arguments, environment);
    _exit(127);
}

pid_t start(const child_options& o) {
    std::vector<std::string> words{"datadrop"};
    words.insert(words.end(), o.arguments.begin(), o.arguments.end());
    auto variables = environment_with(o.environment);
    const auto arguments = pointers(words);
    const auto environment = pointers(variables);
    const descriptor log(open(o.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600),
                         o.log.c_str());
    const auto owner = getpid();
    const auto pid = fork();
    if (pid < 0) fail("fork");
    if (pid == 0) become(arguments.data(), environment.data(), log.number(), owner);
    return pid;
}

/// By its number: the declaration in Debian 12's glibc is no C++.
int pidfd_of(pid_t pid) { return static_cast<int>(syscall(SYS_pidfd_open, pid, 0)); }

sigset_t ending_signals() {
    sigset_t all;
    sigemptyset(&all);
    sigaddset(&all, SIGINT);
    sigaddset(&all, SIGTERM);
    return all;
}

sigset_t block_ending_signals() {
    const auto wanted = ending_signals();
    sigset_t before;
    if (sigprocmask(SIG_BLOCK, &wanted, &before) != 0) fail("sigprocmask");
    return before;
}

int ending_signals_descriptor() {
    const auto wanted = ending_signals();
    return signalfd(-1, &wanted, SFD_CLOEXEC);
}

void wait_for(const std::vector<const child*>& children, int signals, int time_max_ms) {
    std::vector<pollfd> events{{.fd = signals, .events = POLLIN, .revents = 0}};
    for (const auto* c : children)
        events.push_back({.fd = c->event(), .events = POLLIN, .revents = 0});
    while (poll(events.data(), events.size(), time_max_ms) < 0)
        if (errno != EINTR) fail("poll");
    if (events.front().revents == 0) return;
    signalfd_siginfo taken{};
    if (read(signals, &taken, sizeof taken) < 0) fail("signalfd");
    throw interrupted();
}

} // namespace

descriptor::descriptor(int number, const char* what) : number_(number) {
    if (number_ < 0) fail(what);
}
descriptor::~descriptor() { close(number_); }

child::child(child_options o)
    : options_(std::move(o)), pid_(start(options_)), pidfd_(pidfd_of(pid_), "pidfd_open") {}

child::~child() {
    if (exit_code_) return;
    kill(pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

std::string child::log() const {
    std::ifstream in(options_.log, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void child::terminate() {
    if (!exit_code_) kill(pid_, SIGTERM);
}

void child::wait(std::chrono::milliseconds time_max) const {
    pollfd end{.fd = pidfd_.number(), .events = POLLIN, .revents = 0};
    if (poll(&end, 1, static_cast<int>(time_max.count())) < 0 && errno != EINTR) fail("poll");
}

std::optional<int> child::exit_code() {
    int status = 0;
    if (!exit_code_ && waitpid(pid_, &status, WNOHANG) == pid_)
        exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return exit_code_;
}

interruptions::interruptions()
    : before_(block_ending_signals()), signals_(ending_signals_descriptor(), "signalfd") {}

interruptions::~interruptions() {
    // One that came late is not to end the program while it tidies up behind this.
    const timespec at_once{};
    const auto wanted = ending_signals();
    while (sigtimedwait(&wanted, nullptr, &at_once) > 0) {
    }
    sigprocmask(SIG_SETMASK, &before_, nullptr);
}

void interruptions::wait(const std::vector<const child*>& children,
                         std::chrono::milliseconds time_max) const {
    wait_for(children, signals_.number(), static_cast<int>(time_max.count()));
}

void interruptions::wait(const std::vector<const child*>& children) const {
    constexpr int forever = -1;
    wait_for(children, signals_.number(), forever);
}

} // namespace datadrop::processor::cli::demo
