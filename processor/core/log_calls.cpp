#include "processor/core/log_calls.hpp"

namespace datadrop::processor {

bool has_written(const call_result& result) {
    if (const auto* r = std::get_if<chains_appended>(&result)) return r->result.has_value();
    if (const auto* r = std::get_if<commands_parked>(&result)) return r->fates.has_value();
    if (const auto* r = std::get_if<failure_recorded>(&result)) return r->fate.has_value();
    return false;
}

bool is_over_new_connection(const call_result& result) {
    if (const auto* r = std::get_if<heads_loaded>(&result))
        return r->seen && r->seen->over_new_connection;
    if (const auto* r = std::get_if<tail_reserved>(&result))
        return r->seen && r->seen->over_new_connection;
    const auto* r = std::get_if<chains_appended>(&result);
    return r != nullptr && r->result && r->result->over_new_connection;
}

call_result run(const log_call& what, eventstore::log& log) {
    return std::visit([&](const auto& asked) { return result_of(asked, call(log, asked)); }, what);
}

call_result unanswered(const log_call& what) {
    return std::visit([](const auto& asked) { return result_of(asked, std::nullopt); }, what);
}

} // namespace datadrop::processor
