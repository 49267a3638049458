// Bodies in JSON: commands, and what operators say of dead letters. Our parser takes what Boost's
// takes, less what names a member twice.
#include "processor/http/http_limits.hpp"
#include "processor/http/json_decoder.hpp"
#include "processor/http/json_mend.hpp"
#include "processor/http/json_text.hpp"
#include "processor/http/remediation_body.hpp"
#include "processor/http/text.hpp"
#include "tests/fuzz/support/problems.hpp"
#include "tests/fuzz/support/target.hpp"
#include "tests/fuzz/support/wire_commands.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace datadrop::test {
namespace {

namespace http = processor::http;
namespace json = boost::json;

void check_parser(std::string_view body) {
    json::parse_options options;
    options.max_depth = http::json_depth_max;
    boost::system::error_code ec;
    const auto theirs = json::parse(body, ec, {}, options);
    const auto ours = http::parse_json(body);
    require(!ours || !ec, "what Boost refuses is refused");
    // As text, since Boost makes a NaN of 0e400, which is unlike itself.
    require(!ours || json::serialize(*ours) == json::serialize(theirs), "a text has one meaning");
    const bool doubled = !ours && ours.error().detail.find("is there twice") != body.npos;
    require(ours || ec || doubled, "what Boost takes is taken, unless a member is there twice");
}

void check_mended(std::string_view body) {
    require(http::mend_json(body).size() == body.size(), "what is mended keeps its place");
    const auto forgiven = http::parse_forgiving(body);
    require(forgiven || !http::parse_json(body), "what is taken strictly is taken forgivingly");
}

/// The address that a single command brings.
std::string address_in(std::string_view body) {
    const auto parsed = http::parse_json(body);
    if (!parsed || !parsed->is_object()) return {};
    const auto* payload = parsed->get_object().if_contains("payload");
    const auto* object = payload == nullptr ? nullptr : payload->if_object();
    const auto* email = object == nullptr ? nullptr : object->if_contains("email");
    return email != nullptr && email->is_string() ? std::string{email->get_string()} : "";
}

void check_commands(std::string_view body) {
    const auto decoded = http::decode_json(body, fuzz_context());
    require_sound(decoded);
    if (!decoded || decoded->form != http::batch_form::single || decoded->items.front()) return;
    require_untold(address_in(body), body, decoded->items.front().error().why.detail);
}

void check_reason(const std::optional<std::string>& reason) {
    if (!reason) return;
    const auto characters = http::count_characters(*reason, http::lines::several);
    require(characters && *characters <= 512, "a reason is a text of at most 512 characters");
}

void check_remediation(std::string_view body) {
    const auto& by = fuzz_context().by;
    const auto redrive = http::parse_redrive(body, eventstore::dead_letter_id{5}, by);
    if (redrive)
        check_reason(redrive->reason);
    else
        require_proper(redrive.error());
    const auto discard = http::parse_discard(body, by);
    if (discard)
        check_reason(discard->reason);
    else
        require_proper(discard.error());
}

void fuzz_json_commands(std::string_view body) {
    check_parser(body);
    check_mended(body);
    check_commands(body);
    check_remediation(body);
}

const fuzz_target json_commands("json_commands", fuzz_json_commands);

} // namespace
} // namespace datadrop::test
