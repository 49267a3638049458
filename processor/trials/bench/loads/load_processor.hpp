#pragma once
// The load on datadrop's own core, writers and projectors in the load's process, without a front
// door. Called by the main thread.

#include "processor/service/service_settings.hpp"
#include "processor/trials/bench/loads/load_course.hpp"

namespace datadrop::processor::trials::bench {

/// Throws as service::start and load_course::get_ready.
void run_processor_load(const load_writing& written, load_book& book, load_course& course,
                        const service_settings& settings);

} // namespace datadrop::processor::trials::bench
