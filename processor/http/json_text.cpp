#include "processor/http/json_text.hpp"

#include "processor/http/http_limits.hpp"
#include "processor/http/json_mend.hpp"
#include "processor/http/text.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <memory_resource>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace datadrop::processor::http {

namespace {

using boost::json::error_code;
using boost::json::string_view;

enum class doubled_members { refused, noted };

/// Builds the value as the parser goes and keeps the member names of the objects that are open.
struct builder {
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    using member_names = std::pmr::set<std::pmr::string, std::less<>>;

    builder(boost::json::storage_ptr m, doubled_members d) : memory(std::move(m)), of_doubled(d) {}

    boost::json::storage_ptr memory; // of the value
    doubled_members of_doubled;
    std::array<unsigned char, 2048> values_room;
    boost::json::value_stack values{{}, values_room.data(), values_room.size()};
    std::array<std::byte, 2048> names_room;
    std::pmr::monotonic_buffer_resource names_memory{names_room.data(), names_room.size()};
    std::vector<member_names> open_objects;
    std::string key; // the parts of a name so far
    std::vector<doubled_member> doubled;
    std::size_t depth = 0; // objects and arrays that are open
    std::size_t items = 0; // values that are whole, of the outermost array or object

    bool whole() {
        if (depth == 1) ++items;
        return true;
    }
    bool on_document_begin(error_code&) {
        values.reset(memory);
        return true;
    }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) {
        ++depth;
        open_objects.emplace_back(&names_memory);
        return true;
    }
    bool on_object_end(std::size_t n, error_code&) {
        --depth;
        open_objects.pop_back();
        if (open_objects.empty()) names_memory.release(); // an array's next item begins afresh
        values.push_object(n);
        return whole();
    }
    bool on_array_begin(error_code&) {
        ++depth;
        return true;
    }
    bool on_array_end(std::size_t n, error_code&) {
        --depth;
        values.push_array(n);
        return whole();
    }
    bool on_key_part(string_view part, std::size_t, error_code&) {
        key.append(part.data(), part.size());
        values.push_chars(part);
        return true;
    }
    bool on_key(string_view part, std::size_t, error_code& ec) {
        key.append(part.data(), part.size());
        values.push_key(part);
        // Readers disagree on which of the two counts, so neither does.
        if (!open_objects.back().emplace(key).second) {
            doubled.push_back({items, key});
            if (of_doubled == doubled_members::refused) ec = boost::json::error::syntax;
        }
        key.clear();
        return !ec;
    }
    bool on_string_part(string_view part, std::size_t, error_code&) {
        values.push_chars(part);
        return true;
    }
    bool on_string(string_view part, std::size_t, error_code&) {
        values.push_string(part);
        return whole();
    }
    bool on_number_part(string_view, error_code&) { return true; }
    bool on_int64(std::int64_t n, string_view, error_code&) {
        values.push_int64(n);
        return whole();
    }
    bool on_uint64(std::uint64_t n, string_view, error_code&) {
        values.push_uint64(n);
        return whole();
    }
    bool on_double(double n, string_view, error_code&) {
        values.push_double(n);
        return whole();
    }
    bool on_bool(bool b, error_code&) {
        values.push_bool(b);
        return whole();
    }
    bool on_null(error_code&) {
        values.push_null();
        return whole();
    }
    // Comments are refused by the parser's options.
    bool on_comment_part(string_view, error_code&) { return true; }
    bool on_comment(string_view, error_code&) { return true; }
};

using parser = boost::json::basic_parser<builder>;

std::string twice(std::string_view name) {
    return fmt::format("the member {} is there twice", in_quotes(name));
}

problem malformed(std::size_t at, const builder& built, const error_code& ec) {
    const bool is_refused = built.of_doubled == doubled_members::refused && !built.doubled.empty();
    return {problem_code::malformed_json,
            fmt::format("malformed JSON at byte {}: {}", at,
                        is_refused ? twice(built.doubled.front().name) : ec.message())};
}

boost::json::parse_options options() {
    boost::json::parse_options chosen;
    chosen.max_depth = json_depth_max;
    return chosen;
}

/// Runs over the whole text; what is wrong with it, if anything.
std::optional<problem> run(parser& p, std::string_view text) {
    error_code ec;
    const auto taken = p.write_some(false, text.data(), text.size(), ec);
    if (!ec && taken < text.size()) ec = boost::json::error::extra_data;
    if (ec) return malformed(taken, p.handler(), ec);
    return std::nullopt;
}

} // namespace

checked<boost::json::value> parse_json(std::string_view text, boost::json::storage_ptr memory) {
    parser p{options(), std::move(memory), doubled_members::refused};
    if (auto wrong = run(p, text)) return *std::move(wrong);
    return p.handler().values.release();
}

checked<forgiven_json> parse_forgiving(std::string_view text) {
    parser p{options(), boost::json::storage_ptr{}, doubled_members::noted};
    if (auto wrong = run(p, mend_json(text))) return *std::move(wrong);
    return forgiven_json{p.handler().values.release(), std::move(p.handler().doubled)};
}

problem is_there_twice(std::string_view name) {
    return {problem_code::malformed_json, twice(name)};
}

} // namespace datadrop::processor::http
