// What fuzzing has found, and what its search starts from, keeps its target's properties: a
// regression shows without a fuzzer.
#include "tests/fuzz/support/target.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace fs = std::filesystem;
using namespace datadrop::test;

namespace {

const fs::path corpora = fs::path(DATADROP_SOURCE) / "tests/fuzz/corpus";

std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// The target's verdict on an input: nothing when all is well.
std::string verdict(fuzz_function run, const std::string& input) {
    try {
        run(input);
        return {};
    } catch (const std::exception& e) {
        return e.what();
    }
}

} // namespace

TEST_SUITE("fuzz") {
    TEST_CASE("every input of the corpora keeps its target's properties") {
        for (const auto& [name, run] : fuzz_targets()) {
            int inputs = 0;
            for (const auto& entry : fs::directory_iterator(corpora / name)) {
                CAPTURE(entry.path().string());
                CHECK_EQ(verdict(run, read(entry.path())), "");
                ++inputs;
            }
            INFO(name);
            CHECK_GT(inputs, 0);
        }
    }

    TEST_CASE("every corpus has a target") {
        for (const auto& entry : fs::directory_iterator(corpora)) {
            CAPTURE(entry.path().string());
            CHECK(fuzz_targets().contains(entry.path().filename().string()));
        }
    }

    TEST_CASE("a broken property is told") {
        CHECK_EQ(verdict([](std::string_view) { require(false, "water flows down"); }, ""),
                 "water flows down");
        CHECK_EQ(verdict([](std::string_view) { require(true, "water flows down"); }, ""), "");
    }
}
