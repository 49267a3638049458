// Where libFuzzer comes in: the program holds one target. A broken property ends the process by
// its exception, which libFuzzer takes for the crash that it is, and keeps the input.
#include "tests/fuzz/support/target.hpp"

#include <cstddef>
#include <cstdint>

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer names it
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto run = datadrop::test::fuzz_targets().begin()->second;
    run({reinterpret_cast<const char*>(data), size});
    return 0;
}
