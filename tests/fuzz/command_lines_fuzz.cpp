// The lines that `submit` reads: each line that is not blank comes once, in order and under its
// number, as it stood there but for a byte order mark; what is not a JSON object says so.
#include "processor/cli/ndjson.hpp"
#include "processor/http/json_text.hpp"
#include "tests/fuzz/support/target.hpp"

#include <cstdint>
#include <sstream>
#include <vector>

namespace datadrop::test {
namespace {

using processor::cli::input_line;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF"; // Windows' programs begin with it

struct raw_line {
    std::int64_t number = 0;
    std::string text;
};

std::vector<raw_line> lines_of(std::string_view input) {
    std::vector<raw_line> all;
    if (input.starts_with(byte_order_mark)) input.remove_prefix(byte_order_mark.size());
    std::istringstream in{std::string{input}};
    std::int64_t number = 0;
    for (std::string text; std::getline(in, text);)
        if (++number; text.find_first_not_of(" \t\r") != std::string::npos)
            all.push_back({number, text});
    return all;
}

void check_line(const input_line& read, const raw_line& raw) {
    require(read.number == raw.number, "a line comes under its number");
    require(read.text == raw.text.substr(0, processor::cli::line_bytes_max),
            "a line comes as it stood there");
    const auto parsed = processor::http::parse_json(raw.text);
    const bool fits = raw.text.size() <= processor::cli::line_bytes_max;
    const bool readable = fits && parsed.has_value() && parsed->is_object();
    require(read.unreadable.empty() == readable, "a JSON object can be read, nothing else");
    const auto name = "line " + std::to_string(raw.number) + " ";
    require(readable || read.unreadable.starts_with(name), "a complaint names the line");
}

void fuzz_command_lines(std::string_view input) {
    std::istringstream in{std::string{input}};
    processor::cli::line_reader reader{in};
    for (const auto& raw : lines_of(input)) {
        const auto read = reader.next();
        require(read.has_value(), "no line is lost");
        check_line(*read, raw);
    }
    require(!reader.next(), "no line comes twice");
}

const fuzz_target command_lines("command_lines", fuzz_command_lines);

} // namespace
} // namespace datadrop::test
