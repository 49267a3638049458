#pragma once
// Many dead letters at once from the command line: what `redrive --all` and `discard --all` do. One
// thread.

#include "processor/cli/letter_filter.hpp"
#include "processor/cli/settings.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>

namespace datadrop::processor::cli {

struct run_arguments {
    bool all = false;
    letter_filter of{};
    std::optional<std::int64_t> limit{};
    std::optional<std::int64_t> rate{};
    std::optional<std::int64_t> confirm{};
};

/// --all, and what goes only with it: the filters, --limit, --rate and --confirm. Behind
/// --if-match, which goes only without.
void add_run_flags(CLI::App& command, run_arguments& asked);

/// Makes a run of what is asked (act, reason, expectations), shows its preview, has the count
/// confirmed, and follows it to its end.
exit_code run_many(const settings& told, const run_arguments& asked, boost::json::object body);

} // namespace datadrop::processor::cli
