#include "tests/fuzz/support/problems.hpp"

#include "processor/http/json_text.hpp"
#include "tests/fuzz/support/target.hpp"

#include <boost/json/object.hpp>

namespace datadrop::test {
namespace {

namespace http = processor::http;

std::size_t count(std::string_view what, std::string_view in) {
    std::size_t found = 0;
    for (auto at = in.find(what); at != in.npos; at = in.find(what, at + 1))
        ++found;
    return found;
}

} // namespace

void require_proper(const http::problem& what) {
    require(!what.detail.empty(), "a problem says what is wrong");
    const auto answer = to_response(what);
    require(answer.result() != http::status::internal_server_error,
            "no input is an internal error");
    require_problem_body(answer.body());
}

void require_problem_body(std::string_view body) {
    const auto parsed = http::parse_json(body);
    require(parsed.has_value(), "a problem is well-formed JSON in valid UTF-8");
    const auto* object = parsed->if_object();
    require(object != nullptr, "a problem is an object");
    for (const auto* name : {"type", "title", "detail", "code"}) {
        const auto* text = object->if_contains(name);
        require(text != nullptr && text->is_string() && !text->get_string().empty(),
                "a problem has a type, a title, a detail and a code");
    }
    require(object->contains("status") && object->at("status").is_int64(),
            "a problem has its status");
}

void require_untold(std::string_view secret, std::string_view input, std::string_view answer) {
    constexpr std::size_t telling = 6; // anything shorter may be a word of ours
    if (secret.size() < telling || count(secret, input) != 1) return;
    require(answer.find(secret) == answer.npos, "a secret is not repeated");
}

} // namespace datadrop::test
