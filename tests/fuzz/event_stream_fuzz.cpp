// The feed between the server and its client: wherever the bytes are cut, the parser finds the same
// events; and what the server writes of an event, the client reads.
#include "processor/cli/sse_parser.hpp"
#include "processor/http/feed_events.hpp"
#include "processor/http/text.hpp"
#include "tests/fuzz/support/target.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <vector>

namespace datadrop::test {
namespace {

struct read_stream {
    std::vector<std::string> data;
    std::string last_id;
    bool operator==(const read_stream&) const = default;
};

/// Read `piece` bytes at a time.
read_stream read(std::string_view bytes, std::size_t piece) {
    read_stream result;
    processor::cli::sse_parser parser{
        [&](const processor::cli::sse_event& event) { result.data.push_back(event.data); }};
    while (!bytes.empty()) {
        parser.feed(bytes.substr(0, piece));
        bytes.remove_prefix(std::min(piece, bytes.size()));
    }
    result.last_id = parser.last_id();
    return result;
}

void check_cuts(std::string_view stream) {
    const auto whole = read(stream, stream.size() + 1);
    for (const std::size_t piece : {1u, 2u, 7u})
        require(read(stream, piece) == whole, "a cut changes nothing");
}

eventstore::stored_event event_with(std::string reason) {
    eventstore::stored_membership_event event;
    event.position = eventstore::position_at(eventstore::partition_number{0}, 7);
    event.who = {domain::guild_id{5}, domain::user_id{6}};
    event.idempotency_key = "key";
    event.reason = std::move(reason);
    return event;
}

/// `reason` is one that the front door lets in.
void check_way(const std::string& reason) {
    const std::vector page{event_with(reason)};
    eventstore::cursor at{1};
    const auto seen = read(
        processor::http::tell(processor::http::feed_events(page), {}, std::string::npos, at).text,
        3);
    require(seen.data.size() == 1, "an event is one event");
    require(seen.last_id == at.text(), "an event's id is the cursor behind it");
    const auto shown = boost::json::parse(seen.data.front()).as_object();
    require(std::string_view{shown.at("reason").as_string()} == reason, "a text arrives as it was");
}

void fuzz_event_stream(std::string_view input) {
    check_cuts(input);
    using processor::http::lines;
    if (processor::http::count_characters(input, lines::several)) check_way(std::string{input});
}

const fuzz_target event_stream("event_stream", fuzz_event_stream);

} // namespace
} // namespace datadrop::test
