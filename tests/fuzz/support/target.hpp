#pragma once
// What is fuzzed: functions that take any bytes and throw when a property of the product does not
// hold for them. libFuzzer looks for such bytes in one target a program; fuzz_test runs all targets
// over what is kept in corpus/. One thread.

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace datadrop::test {

using fuzz_function = void (*)(std::string_view input);

/// A target's name is that of its file without _fuzz.cpp, and of its folder in corpus/.
struct fuzz_target {
    fuzz_target(const std::string& name, fuzz_function run);
};

/// Those that are linked to this program, by name.
std::map<std::string, fuzz_function>& fuzz_targets();

struct broken_property : std::logic_error {
    using std::logic_error::logic_error;
};

/// Throws broken_property with the words of what should have held.
void require(bool holds, const std::string& property);

} // namespace datadrop::test
