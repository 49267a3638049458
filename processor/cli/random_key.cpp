#include "processor/cli/random_key.hpp"

#include <fmt/format.h>

#include <random>

namespace datadrop::processor::cli {

std::string random_key() {
    std::random_device source;
    return fmt::format("cli:{:08x}{:08x}{:08x}{:08x}", source(), source(), source(), source());
}

} // namespace datadrop::processor::cli
