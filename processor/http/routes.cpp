#include "processor/http/routes.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>

namespace datadrop::processor::http {

std::span<const route> routes() {
    using eventstore::scope;
    // Kept for good: matches and metrics point into the rows. What a route says only now and then
    // is listed here as well, so that its series in the metrics begins with a 0.
    static constexpr status of_commands[] = {status::conflict, status::unprocessable_entity,
                                             status::too_many_requests};
    static constexpr status of_members[] = {status::conflict, status::gateway_timeout};
    static constexpr status of_member[] = {status::not_found, status::conflict,
                                           status::gateway_timeout};
    static constexpr status of_events[] = {status::conflict};
    static constexpr status of_something[] = {status::not_found};
    static constexpr status of_redrive[] = {status::not_found, status::conflict,
                                            status::precondition_failed, status::too_many_requests};
    static constexpr status of_letter[] = {status::not_found, status::conflict,
                                           status::precondition_failed};
    static constexpr status of_care[] = {status::accepted, status::conflict};
    static constexpr status of_run[] = {status::not_found, status::conflict};
    static constexpr status of_readiness[] = {status::service_unavailable};
    static constexpr status of_kept_text[] = {status::not_modified};
    static constexpr status of_kept_texts[] = {status::not_modified, status::not_found};
    static constexpr route all[] = {
        {verb::post, "/v1/commands", scope::submit, body_rule::commands, post_commands,
         of_commands},
        {verb::get, "/v1/members", scope::read, body_rule::none, get_members, of_members},
        {verb::get, "/v1/members/{}/{}", scope::read, body_rule::none, get_member, of_member},
        {verb::get, "/v1/members/{}/{}/history", scope::read, body_rule::none, get_history,
         of_something},
        {verb::get, "/v1/events", scope::read, body_rule::none, get_events, of_events},
        {verb::get, "/v1/transitions", scope::read, body_rule::none, get_transitions},
        {verb::get, "/v1/dead-letters", scope::operate, body_rule::none, get_dead_letters},
        {verb::get, "/v1/dead-letters/counts", scope::operate, body_rule::none,
         get_dead_letter_counts},
        {verb::post,
         "/v1/dead-letter-runs",
         scope::operate,
         body_rule::json,
         post_runs,
         {},
         status::created},
        {verb::get, "/v1/dead-letter-runs", scope::operate, body_rule::none, get_runs},
        {verb::get, "/v1/dead-letter-runs/{}", scope::operate, body_rule::none, get_run,
         of_something},
        {verb::post, "/v1/dead-letter-runs/{}/start", scope::operate, body_rule::json,
         post_run_start, of_run},
        {verb::post, "/v1/dead-letter-runs/{}/stop", scope::operate, body_rule::json, post_run_stop,
         of_something},
        {verb::get, "/v1/dead-letters/{}", scope::operate, body_rule::none, get_dead_letter,
         of_something},
        {verb::post, "/v1/dead-letters/{}/preview", scope::operate, body_rule::json, post_preview,
         of_letter},
        {verb::post, "/v1/dead-letters/{}/redrive", scope::operate, body_rule::json, post_redrive,
         of_redrive},
        {verb::post, "/v1/dead-letters/{}/discard", scope::operate, body_rule::json, post_discard,
         of_letter},
        {verb::get, "/v1/projection", scope::operate, body_rule::none, get_projection},
        {verb::post, "/v1/projection/rebuild", scope::operate, body_rule::json, post_rebuild,
         of_care},
        {verb::post, "/v1/projection/verify", scope::operate, body_rule::json, post_verify,
         of_care},
        {verb::post, "/v1/projection/switch-back", scope::operate, body_rule::json,
         post_switch_back, of_care},
        {verb::get, "/healthz", std::nullopt, body_rule::none, get_healthz},
        {verb::get, "/readyz", std::nullopt, body_rule::none, get_readyz, of_readiness},
        {verb::get, "/metrics", std::nullopt, body_rule::none, get_metrics},
        {verb::get, "/openapi.json", std::nullopt, body_rule::none, get_description, of_kept_text},
        {verb::get, "/", std::nullopt, body_rule::none, get_panel, of_kept_text},
        {verb::get, "/panel/{}", std::nullopt, body_rule::none, get_panel_file, of_kept_texts},
    };
    return all;
}

bool names_type(std::string_view content_type, std::string_view type) {
    constexpr std::string_view blanks = " \t";
    auto given = content_type.substr(0, content_type.find(';'));
    given.remove_prefix(std::min(given.find_first_not_of(blanks), given.size()));
    given = given.substr(0, given.find_last_not_of(blanks) + 1);
    return boost::beast::iequals(given, type);
}

} // namespace datadrop::processor::http
