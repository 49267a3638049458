#!/usr/bin/env bash
# Where co_await stands in a branch of a conditional expression (?:) whose value is of a class, GCC 12
# destroys one object more than it made, at every level of optimization and without a warning: whatever
# the value holds is given back while its new owner still uses it, which shows later and elsewhere.
# Expected: as many destructors as constructors, as with the same written as an if. So co_await stands
# in no conditional expression of ours.
#
# Needs binutils, libc6-dev and Debian 12's package sources. Fails when the behaviour is another.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"

version=12.2.0-14+deb12u1
for package in g++-12 gcc-12 cpp-12 libgcc-12-dev libstdc++-12-dev; do
    apt-get download -qq "$package=$version" 2>/dev/null
    dpkg -x "$package"_*.deb root
done
cat >try.cpp <<'END'
#include <coroutine>
#include <exception>
#include <iostream>
#include <optional>
#include <utility>

int made = 0;
int destroyed = 0;

struct counted {
    counted() { ++made; }
    counted(counted&&) noexcept { ++made; }
    counted& operator=(counted&&) noexcept { return *this; }
    ~counted() { ++destroyed; }
};

template <typename T>
struct task {
    struct promise_type {
        std::optional<T> value;
        task get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_never initial_suspend() { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_value(T what) { value.emplace(std::move(what)); }
        void unhandled_exception() { std::terminate(); }
    };
    std::coroutine_handle<promise_type> handle;
    task(std::coroutine_handle<promise_type> h) : handle(h) {}
    task(task&&) = delete;
    ~task() { handle.destroy(); }
    bool await_ready() { return true; }
    void await_suspend(std::coroutine_handle<>) {}
    T await_resume() { return std::move(*handle.promise().value); }
};

task<std::optional<counted>> look() { co_return counted(); }

task<bool> by_if(bool able) {
    std::optional<counted> found;
    if (able) found = co_await look();
    co_return found.has_value();
}

task<bool> by_conditional(bool able) {
    auto found = able ? co_await look() : std::nullopt;
    co_return found.has_value();
}

template <typename Way>
void count(const char* name, Way way) {
    made = destroyed = 0;
    { auto done = way(true); }
    std::cout << name << ": destroyed " << destroyed - made << " more than were made\n";
}

int main() {
    count("if", by_if);
    count("?:", by_conditional);
}
END
compiler=$(echo root/usr/bin/*-linux-gnu-g++-12)
"$compiler" --version | head -1
for level in 0 2; do
    "$compiler" -std=c++20 "-O$level" -Wall -Wextra -Werror try.cpp -o try
    seen=$(./try)
    echo "-O$level"
    echo "$seen"
    [ "$seen" = "if: destroyed 0 more than were made
?:: destroyed 1 more than were made" ] || { echo "the behaviour is another now" >&2; exit 1; }
done
