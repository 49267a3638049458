#include "processor/http/json_text.hpp"

#include "processor/http/limits.hpp"
#include "processor/http/text.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <memory_resource>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace datadrop::processor::http {

namespace {

using boost::json::error_code;
using boost::json::string_view;

/// Builds the value as the parser goes and keeps the member names of the objects that are open.
struct builder {
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    using member_names = std::pmr::set<std::pmr::string, std::less<>>;

    explicit builder(boost::json::storage_ptr m) : memory(std::move(m)) {}

    boost::json::storage_ptr memory; // of the value
    std::array<unsigned char, 2048> values_room;
    boost::json::value_stack values{{}, values_room.data(), values_room.size()};
    std::array<std::byte, 2048> names_room;
    std::pmr::monotonic_buffer_resource names_memory{names_room.data(), names_room.size()};
    std::vector<member_names> open_objects;
    std::string key; // the parts of a name so far
    std::string doubled;

    bool on_document_begin(error_code&) {
        values.reset(memory);
        return true;
    }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) {
        open_objects.emplace_back(&names_memory);
        return true;
    }
    bool on_object_end(std::size_t n, error_code&) {
        open_objects.pop_back();
        if (open_objects.empty()) names_memory.release();
        values.push_object(n);
        return true;
    }
    bool on_array_begin(error_code&) { return true; }
    bool on_array_end(std::size_t n, error_code&) {
        values.push_array(n);
        return true;
    }
    bool on_key_part(string_view part, std::size_t, error_code&) {
        key.append(part.data(), part.size());
        values.push_chars(part);
        return true;
    }
    bool on_key(string_view part, std::size_t, error_code& ec) {
        key.append(part.data(), part.size());
        values.push_key(part);
        if (open_objects.back().emplace(key).second) {
            key.clear();
            return true;
        }
        doubled = key;
        ec = boost::json::error::syntax;
        return false;
    }
    bool on_string_part(string_view part, std::size_t, error_code&) {
        values.push_chars(part);
        return true;
    }
    bool on_string(string_view part, std::size_t, error_code&) {
        values.push_string(part);
        return true;
    }
    bool on_number_part(string_view, error_code&) { return true; }
    bool on_int64(std::int64_t n, string_view, error_code&) {
        values.push_int64(n);
        return true;
    }
    bool on_uint64(std::uint64_t n, string_view, error_code&) {
        values.push_uint64(n);
        return true;
    }
    bool on_double(double n, string_view, error_code&) {
        values.push_double(n);
        return true;
    }
    bool on_bool(bool b, error_code&) {
        values.push_bool(b);
        return true;
    }
    bool on_null(error_code&) {
        values.push_null();
        return true;
    }
    bool on_comment_part(string_view, error_code&) { return true; }
    bool on_comment(string_view, error_code&) { return true; }
};

problem malformed(std::size_t at, const builder& built, const error_code& ec) {
    const auto reason = built.doubled.empty()
                            ? ec.message()
                            : fmt::format("the member {} is there twice", in_quotes(built.doubled));
    return {problem_code::malformed_json, fmt::format("malformed JSON at byte {}: {}", at, reason)};
}

} // namespace

checked<boost::json::value> parse_json(std::string_view text, boost::json::storage_ptr memory) {
    boost::json::parse_options options;
    options.max_depth = json_depth_max;
    boost::json::basic_parser<builder> parser{options, std::move(memory)};
    error_code ec;
    const auto taken = parser.write_some(false, text.data(), text.size(), ec);
    if (!ec && taken < text.size()) ec = boost::json::error::extra_data;
    if (ec) return malformed(taken, parser.handler(), ec);
    return parser.handler().values.release();
}

} // namespace datadrop::processor::http
