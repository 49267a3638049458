#include "eventstore/postgres/doctor/remedies.hpp"

#include <fmt/format.h>

#include <iterator>

namespace datadrop::eventstore::postgres::doctor {
namespace {

std::string quoted(std::string_view text, char quote) {
    std::string all(1, quote);
    for (const char c : text) {
        if (c == quote) all += quote;
        all += c;
    }
    return all + quote;
}

/// Whose setting it is, as ALTER … SET names it; nothing for what is not the database's to keep.
std::string owner_of(const facts& f, std::string_view source) {
    if (source == "database") return "DATABASE " + identifier(f.database);
    if (source == "user") return "ROLE " + identifier(f.role);
    if (source == "database user")
        return fmt::format("ROLE {} IN DATABASE {}", identifier(f.role), identifier(f.database));
    if (source == "global") return "ROLE ALL";
    return {};
}

} // namespace

std::string identifier(std::string_view name) { return quoted(name, '"'); }

std::string literal(std::string_view text) { return quoted(text, '\''); }

std::vector<std::string> set(const facts& f, std::string_view name, std::string_view value) {
    const auto found = f.settings.find(name);
    const auto now = found == f.settings.end() ? setting{} : found->second;
    if (now.source == "client")
        return {fmt::format("take {} out of the connection string, or out of PGOPTIONS", name)};
    if (now.source == "command line")
        return {fmt::format(
            "take {} out of the command line that starts PostgreSQL, and restart it", name)};
    const auto owner = owner_of(f, now.source);
    if (owner.empty())
        return {fmt::format("ALTER SYSTEM SET {} = {};", name, literal(value)),
                now.needs_restart ? "restart PostgreSQL" : "SELECT pg_reload_conf();"};
    std::vector<std::string> lines{
        fmt::format("ALTER {} SET {} = {};", owner, name, literal(value))};
    // A session that begins read only cannot change it otherwise.
    if (name == "default_transaction_read_only")
        lines.insert(lines.begin(), "SET default_transaction_read_only = off;");
    return lines;
}

std::string size_text(std::int64_t bytes) {
    constexpr const char* units[] = {"bytes", "kB", "MB", "GB", "TB", "PB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; value >= 1024 && unit + 1 < std::size(units); ++unit)
        value /= 1024;
    return fmt::format("{:.{}f} {}", value, unit > 0 && value < 10 ? 1 : 0, units[unit]);
}

std::string time_text(std::int64_t seconds) {
    constexpr std::int64_t minute = 60, hour = 60 * minute, day = 24 * hour;
    if (seconds < 2 * minute) return fmt::format("{} s", seconds);
    if (seconds < 2 * hour) return fmt::format("{} min", seconds / minute);
    if (seconds < 2 * day) return fmt::format("{} h", seconds / hour);
    return fmt::format("{} days", seconds / day);
}

} // namespace datadrop::eventstore::postgres::doctor
