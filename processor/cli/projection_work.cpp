#include "processor/cli/projection_work.hpp"

#include "eventstore/postgres/database.hpp"
#include "processor/cli/database_access.hpp"
#include "processor/cli/interruption.hpp"

#include <fmt/format.h>

#include <iostream>

namespace datadrop::processor::cli {

opened_projection::opened_projection(const settings& told) : db(session_options(told)) {
    eventstore::postgres::require_current_schema(db);
    partitions = eventstore::postgres::partition_count(db);
}

projections::report_progress reporting_to(progress_printer& printer) {
    return [&printer](const projections::progress& p) {
        if (interrupted())
            throw refused("stopped: nothing of this partition was switched, and nothing is left "
                          "behind");
        printer.report(p.done, p.of, p.from);
    };
}

void print_lines(const std::vector<projections::difference>& differences) {
    for (const auto& d : differences) {
        const auto first = first_event_of(d);
        std::cout << d.table << ", " << d.row << ": " << what_differs(d)
                  << (first ? fmt::format(" (since the event at {})", number_of(*first)) : "")
                  << '\n';
    }
}

boost::json::array in_json(const std::vector<projections::difference>& differences) {
    boost::json::array all;
    for (const auto& d : differences)
        for (auto& row : to_json(d))
            all.push_back(std::move(row));
    return all;
}

} // namespace datadrop::processor::cli
