#include "tests/support/hostile_settings.hpp"

#include <string>

namespace datadrop::test {
namespace {

constexpr std::string_view settings[] = {
    "bytea_output = 'escape'",
    "DateStyle = 'SQL, DMY'",
    "IntervalStyle = 'sql_standard'",
    "TimeZone = 'Asia/Kathmandu'",
    "extra_float_digits = -15",
    "standard_conforming_strings = off",
    "backslash_quote = on",
    "escape_string_warning = off",
    "array_nulls = off",
    "quote_all_identifiers = on",
    "transform_null_equals = on",
    "xmloption = 'document'",
    "xmlbinary = 'hex'",
    "client_min_messages = 'error'",
    "default_transaction_isolation = 'repeatable read'",
    "synchronous_commit = off",
};

} // namespace

void set_hostile(const scratch_database& database) {
    auto db = database.connect();
    const auto name = std::string(db.run("SELECT current_database()::text").text(0, 0));
    for (const auto one : settings)
        db.run_script("ALTER DATABASE " + name + " SET " + std::string(one));
}

} // namespace datadrop::test
