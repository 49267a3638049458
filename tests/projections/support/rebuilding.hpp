#pragma once
// A rebuild of a projected log's read model, as the tests run it, and what it leaves. One thread a
// rebuild.

#include "projections/rebuild.hpp"
#include "tests/support/projected_log.hpp"

#include <cstddef>
#include <string>

namespace datadrop::test {

projections::rebuild_report rebuild(
    const projected_log& world, const projections::report_progress& report = [](const auto&) {},
    const projections::rebuild_options& o = {});

/// Why a rebuild was refused, and whether before or after the work; "done" when it was not.
std::string refusal(const projected_log& world, const projections::rebuild_options& o = {});

std::size_t difference_count(const projected_log& world);

} // namespace datadrop::test
