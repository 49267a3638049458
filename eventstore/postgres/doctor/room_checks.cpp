// Room on the disk, and what a long log writes to it.

#include "eventstore/postgres/doctor/checks.hpp"
#include "eventstore/postgres/doctor/remedies.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace datadrop::eventstore::postgres::doctor {
namespace {

constexpr std::int64_t megabyte = 1 << 20;
constexpr std::int64_t wal_bytes_usual = std::int64_t{1} << 30; // what PostgreSQL has by itself
constexpr auto wal_bytes_good = "4GB";

/// The server's own least, which is two segments and some more to work with.
constexpr std::int64_t wal_bytes_min = 128 * megabyte;

std::string percent_text(const disk& d) {
    return fmt::format("{:.1f} %",
                       100.0 * static_cast<double>(d.bytes_free) / static_cast<double>(d.bytes));
}

/// Of the free space, so that the rest of it is for the data.
std::string fitting_wal(const disk& d) {
    return fmt::format("{}MB", std::max(d.bytes_free / 4, wal_bytes_min) / megabyte);
}

findings short_of_room(const facts& f, const disk& d) {
    findings said;
    if (d.bytes_free < f.wal_bytes_max)
        said.push_back(
            {.how_bad = severity::error,
             .what = fmt::format("{} are free where {} is, and max_wal_size is {}",
                                 size_text(d.bytes_free), d.path, size_text(f.wal_bytes_max)),
             .why = "the server stops when its WAL finds no room",
             .remedy = set(f, "max_wal_size", fitting_wal(d))});
    if (d.bytes_free < d.bytes / 10)
        said.push_back(
            {.how_bad = d.bytes_free < d.bytes / 50 ? severity::error : severity::warning,
             .what = fmt::format("{} of the disk of {} are free, {}", percent_text(d), d.path,
                                 size_text(d.bytes_free)),
             .why = "a full disk ends every write, and the log only grows",
             .remedy = {"give the disk more room, or remove what is not PostgreSQL's"}});
    return said;
}

/// The densest that the server has.
std::string_view compression_of(const facts& f) {
    const auto found = f.settings.find("wal_compression");
    const bool has_lz4 =
        found != f.settings.end() && found->second.choices.find("lz4") != std::string::npos;
    return has_lz4 ? "lz4" : "on";
}

} // namespace

findings judge_wal(const facts& f, const limits& l) {
    findings said;
    if (f.log_bytes < l.long_log_bytes)
        return {well(fmt::format("the log has {}", size_text(f.log_bytes)))};
    if (f.value_of("wal_compression") == "off")
        said.push_back({.how_bad = severity::note,
                        .what = fmt::format("wal_compression is off, and the log has {}",
                                            size_text(f.log_bytes)),
                        .why = "behind a checkpoint each page is written whole when it is first "
                               "touched: a command costs 14,100 bytes of WAL then, with lz4 8,500",
                        .remedy = set(f, "wal_compression", compression_of(f))});
    if (f.wal_bytes_max <= wal_bytes_usual)
        said.push_back({.how_bad = severity::note,
                        .what = fmt::format("max_wal_size is {}, and the log has {}",
                                            size_text(f.wal_bytes_max), size_text(f.log_bytes)),
                        .why = "checkpoints come the sooner, and whole pages with them; a start "
                               "after a crash takes the longer with more",
                        .remedy = set(f, "max_wal_size", wal_bytes_good)});
    if (said.empty())
        said.push_back(well(fmt::format("the log has {}, wal_compression is {}, max_wal_size {}",
                                        size_text(f.log_bytes), f.value_of("wal_compression"),
                                        size_text(f.wal_bytes_max))));
    return said;
}

findings judge_disk(const facts& f, const limits& /*l*/) {
    if (!f.sees_settings) return {};
    if (f.disks.empty())
        return {{.how_bad = severity::note,
                 .what = "the disk of the server cannot be seen from here",
                 .why = "a full disk ends every write",
                 .remedy = {"run `datadrop doctor` on the server's own machine, over its socket"}}};
    findings said;
    for (const auto& d : f.disks)
        for (auto& one : short_of_room(f, d))
            said.push_back(std::move(one));
    if (said.empty())
        said.push_back(well(fmt::format("{} are free, {}", size_text(f.disks.front().bytes_free),
                                        percent_text(f.disks.front()))));
    return said;
}

} // namespace datadrop::eventstore::postgres::doctor
