#pragma once
// A load's commands and their answers as bytes on the wire, written and read cheaply, since the
// client shares the machine with the server that is measured. Every thread.

#include "processor/trials/bench/loads/load_book.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace datadrop::processor::trials::bench {

enum class request_form : std::uint8_t { single, array };

/// Appends the body of POST /v1/commands.
void write_json(std::string& body, const load_writing& written,
                std::span<const load_command> commands, request_form form);
void write_flatbuffers(std::string& body, const load_writing& written,
                       std::span<const load_command> commands, request_form form);

using load_answers = std::vector<load_answer>;

/// Gives nothing when the body is not of outcomes that a load can get.
std::optional<load_answers> read_json(std::string_view body);
std::optional<load_answers> read_flatbuffers(std::string_view body);

} // namespace datadrop::processor::trials::bench
