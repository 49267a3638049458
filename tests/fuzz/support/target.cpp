#include "tests/fuzz/support/target.hpp"

namespace datadrop::test {

fuzz_target::fuzz_target(const std::string& name, fuzz_function run) {
    fuzz_targets().emplace(name, run);
}

std::map<std::string, fuzz_function>& fuzz_targets() {
    static std::map<std::string, fuzz_function> all;
    return all;
}

void require(bool holds, const std::string& property) {
    if (!holds) throw broken_property(property);
}

} // namespace datadrop::test
