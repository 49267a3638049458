#pragma once
// A descriptor of the kernel, closed with its owner. One thread at a time.

#include <cerrno>
#include <system_error>
#include <utility>

#include <unistd.h>

namespace datadrop::eventstore::postgres {

class descriptor {
  public:
    /// Negative for one that could not be had: the owner asks is_open().
    explicit descriptor(int number) noexcept : number_(number) {}
    /// Throws std::system_error, by errno, for a negative number.
    descriptor(int number, const char* what) : number_(number) {
        if (number_ < 0) throw std::system_error(errno, std::generic_category(), what);
    }
    ~descriptor() {
        if (is_open()) close(number_);
    }
    descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    descriptor& operator=(descriptor&&) = delete;

    bool is_open() const { return number_ >= 0; }
    int number() const { return number_; }

  private:
    int number_;
};

} // namespace datadrop::eventstore::postgres
