#include "processor/core/log_calls.hpp"

namespace datadrop::processor {
namespace {

std::optional<eventstore::partition_number> written(const chains_appended& r) {
    return r.fates ? std::optional(r.partition) : std::nullopt;
}
std::optional<eventstore::partition_number> written(const commands_parked& r) {
    return r.fates ? std::optional(r.partition) : std::nullopt;
}
std::optional<eventstore::partition_number> written(const failure_recorded& r) {
    return r.fate ? std::optional(r.partition) : std::nullopt;
}
std::optional<eventstore::partition_number> written(const heads_loaded&) { return std::nullopt; }
std::optional<eventstore::partition_number> written(const tail_reserved&) { return std::nullopt; }
std::optional<eventstore::partition_number> written(const tail_released&) { return std::nullopt; }

} // namespace

std::optional<eventstore::partition_number> written_partition(const call_result& result) {
    return std::visit([](const auto& r) { return written(r); }, result);
}

call_result run(const log_call& what, eventstore::log& log) {
    return std::visit([&](const auto& asked) { return result_of(asked, call(log, asked)); }, what);
}

call_result unanswered(const log_call& what) {
    return std::visit([](const auto& asked) { return result_of(asked, std::nullopt); }, what);
}

} // namespace datadrop::processor
