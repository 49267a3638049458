#pragma once
// The whole command line as a page of the manual, made of the same words as --help, so that it
// cannot lag behind. Every thread.

#include <CLI/CLI.hpp>

#include <string>

namespace datadrop::processor::cli {

/// Section 1 of the manual, in the language of man(7).
std::string man_page(const CLI::App& program);

} // namespace datadrop::processor::cli
