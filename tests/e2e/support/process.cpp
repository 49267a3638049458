#include "tests/e2e/support/process.hpp"

#include "tests/e2e/support/tls.hpp"

#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ; // NOLINT: POSIX names it so

namespace datadrop::test {
namespace {

void require(int error, const char* what) {
    if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

struct pipe_ends {
    int read = -1;
    int write = -1;
};

/// Closed on exec, so that a program started meanwhile does not keep it open.
pipe_ends open_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) require(errno, "pipe2");
    return {ends[0], ends[1]};
}

/// Where every server speaks TLS, every client trusts the authority; each program has a name of its
/// own for that.
environment with_trust(environment wanted) {
    if (all_in_tls())
        for (const auto* name : {"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"})
            wanted.emplace(name, the_authority().certificate());
    return wanted;
}

std::vector<std::string> variables_of(const environment& wanted) {
    std::vector<std::string> all;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const auto name = std::string(text.substr(0, text.find('=')));
        if (!name.starts_with("DATADROP_") && !wanted.contains(name)) all.emplace_back(text);
    }
    for (const auto& [name, value] : wanted)
        all.push_back(name + "=" + value);
    return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (auto& text : texts)
        all.push_back(text.data());
    all.push_back(nullptr);
    return all;
}

struct streams {
    int in;
    int out;
    int err;
};

/// What runs: a program with its arguments and variables.
struct command_line {
    const std::string& program;
    const arguments& args;
    const environment& variables;
};

pid_t spawn(const command_line& line, const streams& s) {
    posix_spawn_file_actions_t files;
    require(posix_spawn_file_actions_init(&files), "posix_spawn");
    posix_spawn_file_actions_adddup2(&files, s.in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, s.out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, s.err, STDERR_FILENO);
    // Sockets of ours that it held would stay open when we close them.
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);

    // These tests ignore the signal; the program shall meet the world as it usually is.
    posix_spawnattr_t attributes;
    require(posix_spawnattr_init(&attributes), "posix_spawn");
    sigset_t usual;
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);

    std::vector<std::string> words{line.program};
    words.insert(words.end(), line.args.begin(), line.args.end());
    auto given = variables_of(with_trust(line.variables));
    pid_t pid = 0;
    const int error = posix_spawnp(&pid, line.program.c_str(), &files, &attributes,
                                   pointers_to(words).data(), pointers_to(given).data());
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    require(error, line.program.c_str());
    return pid;
}

void write_all(int to, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(to, text.data(), text.size());
        if (written <= 0) return; // it ended without reading everything, as it may
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

} // namespace

struct process::impl {
    impl(const command_line& line, const std::string& input);
    ~impl();

    void collect();
    bool take(int from, std::string& into);
    void reap();
    bool wait_for(const std::string& in, std::string_view text, std::chrono::milliseconds limit);

    pid_t pid = 0;
    pipe_ends out_pipe = open_pipe();
    pipe_ends err_pipe = open_pipe();
    pipe_ends stop_pipe =
        open_pipe(); // ends the collecting although somebody keeps the others open

    std::mutex mutex; // guards the next four
    std::condition_variable changed;
    std::string out;
    std::string err;
    std::optional<int> exit_code;

    std::thread collector;
    std::thread reaper;
};

process::impl::impl(const command_line& line, const std::string& input) {
    // What the program does not read must not end the tests.
    [[maybe_unused]] static const auto usual = std::signal(SIGPIPE, SIG_IGN);
    const auto in = open_pipe();
    pid = spawn(line, {.in = in.read, .out = out_pipe.write, .err = err_pipe.write});
    for (const int end : {in.read, out_pipe.write, err_pipe.write})
        ::close(end);
    collector = std::thread([this] { collect(); });
    reaper = std::thread([this] { reap(); });
    write_all(in.write, input);
    ::close(in.write);
}

process::impl::~impl() {
    {
        const std::lock_guard lock(mutex);
        if (!exit_code) ::kill(pid, SIGKILL);
    }
    reaper.join();
    ::close(stop_pipe.write);
    if (collector.joinable()) collector.join();
    for (const int end : {out_pipe.read, err_pipe.read, stop_pipe.read})
        ::close(end);
}

/// False once nothing can come any more.
bool process::impl::take(int from, std::string& into) {
    std::array<char, 4096> piece;
    const auto got = ::read(from, piece.data(), piece.size());
    if (got <= 0) return false;
    const std::lock_guard lock(mutex);
    into.append(piece.data(), static_cast<std::size_t>(got));
    changed.notify_all();
    return true;
}

void process::impl::collect() {
    std::array<pollfd, 3> watched{{{.fd = out_pipe.read, .events = POLLIN, .revents = 0},
                                   {.fd = err_pipe.read, .events = POLLIN, .revents = 0},
                                   {.fd = stop_pipe.read, .events = POLLIN, .revents = 0}}};
    while (watched[0].fd >= 0 || watched[1].fd >= 0) {
        if (::poll(watched.data(), watched.size(), -1) < 0) return;
        if (watched[0].revents != 0 && !take(out_pipe.read, out)) watched[0].fd = -1;
        if (watched[1].revents != 0 && !take(err_pipe.read, err)) watched[1].fd = -1;
        const bool idle = watched[0].revents == 0 && watched[1].revents == 0;
        if (idle && watched[2].revents != 0) return;
    }
}

void process::impl::reap() {
    siginfo_t ended;
    while (::waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOWAIT) < 0 && errno == EINTR)
        ;
    // The id is given back under the lock: nobody sends a signal to whoever gets it next.
    const std::lock_guard lock(mutex);
    int status = 0;
    ::waitpid(pid, &status, 0);
    exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    changed.notify_all();
}

bool process::impl::wait_for(const std::string& in, std::string_view text,
                             std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex);
    const auto there = [&] { return in.find(text) != std::string::npos; };
    changed.wait_for(lock, limit, [&] { return there() || exit_code; });
    return there();
}

process::process(const arguments& args, const environment& variables, const std::string& program)
    : impl_(std::make_unique<impl>(command_line{program, args, variables}, "")) {}
process::~process() = default;

int process::pid() const { return impl_->pid; }

void process::send(int signal) {
    const std::lock_guard lock(impl_->mutex);
    if (!impl_->exit_code) ::kill(impl_->pid, signal);
}

std::optional<int> process::wait(std::chrono::milliseconds limit) {
    std::unique_lock lock(impl_->mutex);
    impl_->changed.wait_for(lock, limit, [this] { return impl_->exit_code.has_value(); });
    return impl_->exit_code;
}

std::string process::out() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->out;
}

std::string process::err() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->err;
}

bool process::wait_for_out(std::string_view text, std::chrono::milliseconds limit) {
    return impl_->wait_for(impl_->out, text, limit);
}

bool process::wait_for_err(std::string_view text, std::chrono::milliseconds limit) {
    return impl_->wait_for(impl_->err, text, limit);
}

program_result run(const arguments& args, const run_options& o) {
    process::impl running({o.program, args, o.variables}, o.input);
    std::unique_lock lock(running.mutex);
    if (!running.changed.wait_for(lock, 2 * patience,
                                  [&] { return running.exit_code.has_value(); }))
        throw std::runtime_error("`" + o.program + " " + (args.empty() ? "" : args[0]) +
                                 "` does not end");
    const auto code = *running.exit_code;
    lock.unlock();
    running.collector.join(); // nobody else has its pipes: they ended with it
    return {.exit_code = code, .out = running.out, .err = running.err};
}

} // namespace datadrop::test
