#include "processor/trials/children/children.hpp"

#include "eventstore/postgres/cluster/spawn.hpp"

#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace datadrop::processor::trials {
namespace {

namespace postgres = eventstore::postgres;

const std::filesystem::path this_program = "/proc/self/exe";

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
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

pid_t start(const child_options& o, const std::optional<descriptor>& socket) {
    const descriptor log(open(o.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600),
                         o.log.c_str());
    const descriptor nothing(open("/dev/null", O_RDONLY | O_CLOEXEC), "/dev/null");
    const auto& program = o.program ? *o.program : this_program;
    postgres::beginning of{.program = program.string(),
                           .arguments = {o.program ? program.filename().string() : "datadrop"},
                           .environment = environment_with(o.environment),
                           .in = socket ? socket->number() : nothing.number(),
                           .out = socket ? socket->number() : log.number(),
                           .err = log.number(),
                           .ends_with_us = true};
    of.arguments.insert(of.arguments.end(), o.arguments.begin(), o.arguments.end());
    return postgres::spawn(of);
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
        for (const int event : c->events())
            events.push_back({.fd = event, .events = POLLIN, .revents = 0});
    while (poll(events.data(), events.size(), time_max_ms) < 0)
        if (errno != EINTR) fail("poll");
    if (events.front().revents == 0) return;
    signalfd_siginfo taken{};
    if (read(signals, &taken, sizeof taken) < 0) fail("signalfd");
    throw interrupted();
}

} // namespace

child::ends child::make_ends(child_io io) {
    if (io == child_io::log) return {};
    int both[2] = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, both) != 0) fail("socketpair");
    return {.ours = descriptor(both[0], "socketpair"), .its = descriptor(both[1], "socketpair")};
}

child::child(child_options o) : child(std::move(o), make_ends(o.io)) {}

child::child(child_options&& o, ends socket)
    : options_(std::move(o)), socket_(std::move(socket.ours)), pid_(start(options_, socket.its)),
      pidfd_(pidfd_of(pid_), "pidfd_open") {}

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

void child::tell(std::string line) {
    line += '\n';
    for (std::string_view rest = line; socket_ && !rest.empty();) {
        const auto sent = send(socket_->number(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) return;
        if (sent < 0 && errno != EINTR) fail("send");
        if (sent > 0) rest.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::optional<std::string> child::hear() {
    std::array<char, 4096> piece{};
    while (socket_) {
        const auto got = recv(socket_->number(), piece.data(), piece.size(), MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) break;
        if (got <= 0)
            socket_.reset();
        else
            heard_.append(piece.data(), static_cast<std::size_t>(got));
    }
    const auto end = heard_.find('\n');
    if (end == std::string::npos) return std::nullopt;
    auto line = heard_.substr(0, end);
    heard_.erase(0, end + 1);
    return line;
}

std::vector<int> child::events() const {
    std::vector<int> all{pidfd_.number()};
    if (socket_) all.push_back(socket_->number());
    return all;
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
        exit_code_ = postgres::exit_code_of(status);
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

} // namespace datadrop::processor::trials
