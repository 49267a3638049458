// The e-mail validator against the pattern that the HTML standard gives for a valid e-mail address,
// and the lengths and dots that RFC 5321 adds.
#include "eventstore/fingerprint.hpp"
#include "tests/fuzz/support/target.hpp"

#include <boost/regex.hpp>

namespace datadrop::test {
namespace {

bool has_lone_dots(std::string_view local_part) {
    return !local_part.starts_with('.') && !local_part.ends_with('.') &&
           local_part.find("..") == local_part.npos;
}

bool is_by_the_standards(const std::string& text) {
    static const boost::regex html_pattern(
        R"([a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)"
        R"((?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*)");
    if (text.size() > 254 || !boost::regex_match(text, html_pattern)) return false;
    const auto local_part = std::string_view{text}.substr(0, text.find('@'));
    return local_part.size() <= 64 && has_lone_dots(local_part);
}

void fuzz_email_address(std::string_view text) {
    require(eventstore::is_email_address(text) == is_by_the_standards(std::string{text}),
            "an address is one by the standards");
}

const fuzz_target email_address("email_address", fuzz_email_address);

} // namespace
} // namespace datadrop::test
