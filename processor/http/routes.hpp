#pragma once
// Every route of the server and its handler. Handlers check the query and the body, ask the
// service and write the answer; the session has done the rest. They may throw
// eventstore::unavailable. One thread.

#include "processor/http/reply.hpp"
#include "processor/http/router.hpp"

#include <boost/asio/awaitable.hpp>

#include <span>

namespace datadrop::processor::http {

using reply_later = boost::asio::awaitable<reply>;

reply_later post_commands(const call& asked);

reply_later get_member(const call& asked);
reply_later get_members(const call& asked);
reply_later get_history(const call& asked);
reply_later get_events(const call& asked);

reply_later get_dead_letters(const call& asked);
reply_later get_dead_letter_counts(const call& asked);
reply_later get_dead_letter(const call& asked);
reply_later post_preview(const call& asked);
reply_later post_redrive(const call& asked);
reply_later post_discard(const call& asked);

reply_later post_runs(const call& asked);
reply_later get_runs(const call& asked);
reply_later get_run(const call& asked);
reply_later post_run_start(const call& asked);
reply_later post_run_stop(const call& asked);

reply_later get_projection(const call& asked);
reply_later post_rebuild(const call& asked);
reply_later post_verify(const call& asked);
reply_later post_switch_back(const call& asked);
reply_later get_healthz(const call& asked);
reply_later get_readyz(const call& asked);
reply_later get_metrics(const call& asked);

reply_later get_transitions(const call& asked);

reply_later get_description(const call& asked);
reply_later get_panel(const call& asked);
reply_later get_panel_file(const call& asked);

std::span<const route> routes();

/// Whether a Content-Type names this type, whatever its case and parameters.
bool names_type(std::string_view content_type, std::string_view type);

} // namespace datadrop::processor::http
