// Settings that decide what happens to what was accepted, whoever made them: the server, the
// database or the role. Those that a session of ours makes for itself are no matter (driver/).

#include "eventstore/postgres/doctor/checks.hpp"
#include "eventstore/postgres/doctor/remedies.hpp"

#include <fmt/format.h>

#include <span>

namespace datadrop::eventstore::postgres::doctor {
namespace {

struct rule {
    std::string_view name;
    std::string_view good;
    severity otherwise;
    std::string_view why;
};

constexpr rule durable[] = {
    {"fsync", "on", severity::error,
     "a crash of the machine loses what was accepted, and may leave data that cannot be read"},
    {"full_page_writes", "on", severity::error,
     "a page that was half written when the machine crashed stays damaged, unless the file system "
     "writes pages whole"},
    {"zero_damaged_pages", "off", severity::error,
     "a damaged page of events is taken for an empty one, and nobody is told"},
    {"ignore_checksum_failure", "off", severity::error,
     "a damaged page of events is read as if it were right"},
};

constexpr rule in_the_way[] = {
    {"default_transaction_read_only", "off", severity::error, "no command can be written"},
    {"session_replication_role", "origin", severity::warning,
     "triggers and foreign keys of other tables are passed over (the guard of the events is not)"},
    {"enable_indexscan", "on", severity::warning,
     "what is looked up for each command is read from the whole table: slower with every event"},
    {"enable_indexonlyscan", "on", severity::note,
     "a few look-ups read a table that would need its index alone"},
    {"temp_file_limit", "-1", severity::note,
     "a migration of a long log makes its indexes anew, and may be cut off by it"},
    {"ignore_system_indexes", "off", severity::warning, "each statement is planned very slowly"},
};

findings broken(const facts& f, std::span<const rule> rules) {
    findings said;
    for (const auto& r : rules) {
        const auto value = f.value_of(r.name);
        if (value.empty() || value == r.good) continue;
        said.push_back({.how_bad = r.otherwise,
                        .what = fmt::format("{} is {} ({})", r.name, value,
                                            f.settings.find(r.name)->second.source),
                        .why = std::string(r.why),
                        .remedy = set(f, r.name, r.good)});
    }
    return said;
}

findings or_well(findings said, std::string what) {
    if (said.empty()) said.push_back(well(std::move(what)));
    return said;
}

/// Which setting has statements logged with what they write.
std::string_view logs_statements(const facts& f) {
    struct switched {
        std::string_view name;
        std::string_view off;
        std::string_view also_off{};
    };
    static constexpr switched all[] = {{"log_statement", "none", "ddl"},
                                       {"log_min_duration_statement", "-1"},
                                       {"log_min_duration_sample", "-1"},
                                       {"log_transaction_sample_rate", "0"}};
    for (const auto& [name, off, also_off] : all)
        if (const auto is = f.value_of(name); !is.empty() && is != off && is != also_off)
            return name;
    return {};
}

bool logs_values(const facts& f, std::string_view length) {
    const auto is = f.value_of(length);
    return !is.empty() && is != "0"; // -1 is all of them
}

} // namespace

findings judge_durability(const facts& f, const limits& /*l*/) {
    return or_well(broken(f, durable), "fsync and full_page_writes are on");
}

findings judge_settings(const facts& f, const limits& /*l*/) {
    return or_well(broken(f, in_the_way), "none stands in the way");
}

findings judge_logging(const facts& f, const limits& /*l*/) {
    constexpr auto why = "the server's log then holds e-mail addresses, which are to be in one "
                         "table alone";
    findings said;
    const auto by = logs_statements(f);
    if (!by.empty() && logs_values(f, "log_parameter_max_length"))
        said.push_back({.how_bad = severity::warning,
                        .what = fmt::format("{} is {}: statements are logged with their values", by,
                                            f.value_of(by)),
                        .why = why,
                        .remedy = set(f, "log_parameter_max_length", "0")});
    if (logs_values(f, "log_parameter_max_length_on_error"))
        said.push_back({.how_bad = severity::warning,
                        .what = "statements that fail are logged with their values "
                                "(log_parameter_max_length_on_error)",
                        .why = why,
                        .remedy = set(f, "log_parameter_max_length_on_error", "0")});
    return or_well(std::move(said), "statements are logged without their values, or not at all");
}

} // namespace datadrop::eventstore::postgres::doctor
