#include "tests/support/hostile_settings.hpp"

#include <algorithm>
#include <string>

namespace datadrop::test {
namespace {

constexpr std::string_view in_parallel =
    "max_parallel_workers_per_gather = 8; parallel_setup_cost = 0; parallel_tuple_cost = 0; "
    "min_parallel_table_scan_size = 0; min_parallel_index_scan_size = 0";

constexpr std::string_view in_little_memory =
    "work_mem = '64kB'; maintenance_work_mem = '1MB'; hash_mem_multiplier = 1; "
    "temp_buffers = '800kB'";

constexpr std::string_view settings[] = {
    // How values are written and read.
    "bytea_output = 'escape'",
    "DateStyle = 'SQL, DMY'",
    "IntervalStyle = 'sql_standard'",
    "TimeZone = 'Asia/Kathmandu'",
    "timezone_abbreviations = 'India'",
    "extra_float_digits = -15",
    "client_encoding = 'LATIN1'",
    "xmlbinary = 'hex'",
    "xmloption = 'document'",
    "lc_messages = 'POSIX'",
    "client_min_messages = 'debug5'",

    // What SQL means.
    "search_path = ''",
    "search_path = shadows, pg_catalog",
    "standard_conforming_strings = off",
    "backslash_quote = on",
    "escape_string_warning = off",
    "array_nulls = off",
    "quote_all_identifiers = on",
    "transform_null_equals = on",
    "row_security = off",
    "check_function_bodies = off",
    "restrict_nonsystem_relation_kind = 'view, foreign-table'",
    "plpgsql.variable_conflict = 'use_variable'",
    "plpgsql.extra_errors = 'all'",
    "exit_on_error = on",
    "max_stack_depth = '100kB'",

    // What a transaction is.
    "default_transaction_isolation = 'serializable'",
    "default_transaction_isolation = 'repeatable read'",
    "default_transaction_deferrable = on",
    "synchronous_commit = off",
    "session_replication_role = 'replica'",
    "commit_delay = 1000; commit_siblings = 0",

    // How long it may take. The shortest that connecting takes less than, on a busy machine too.
    "statement_timeout = '1s'",
    "lock_timeout = '1s'",
    "idle_in_transaction_session_timeout = '1s'",
    "idle_session_timeout = '1s'",
    "transaction_timeout = '1s'",
    "client_connection_check_interval = '1ms'",

    // By which ways it is carried out.
    "enable_indexscan = off; enable_indexonlyscan = off; enable_bitmapscan = off",
    "enable_seqscan = off; enable_tidscan = off",
    "enable_nestloop = off; enable_hashjoin = off; enable_mergejoin = off",
    "enable_hashagg = off; enable_sort = off; enable_incremental_sort = off",
    "enable_material = off; enable_memoize = off; enable_presorted_aggregate = off",
    "plan_cache_mode = 'force_custom_plan'",
    "jit = on; jit_above_cost = 0; jit_inline_above_cost = 0; jit_optimize_above_cost = 0",
    "join_collapse_limit = 1; from_collapse_limit = 1",
    "geqo_threshold = 2; geqo_effort = 1",
    "constraint_exclusion = on",
    "random_page_cost = 1000000; cpu_operator_cost = 1000000; effective_cache_size = '8kB'",
    in_parallel,
    "force_parallel_mode = 'regress'", // until PostgreSQL 15
    "debug_parallel_query = 'regress'",
    in_little_memory,

    // Where it is kept, and what is kept of it.
    "default_tablespace = 'nowhere'; temp_tablespaces = 'nowhere'",
    "default_table_access_method = 'another_heap'",
    "default_toast_compression = 'pglz'",
    "track_activities = off",
    "stats_fetch_consistency = 'snapshot'",
    "session_preload_libraries = 'plpgsql'",
};

/// What some of the settings name: another heap, and things that stand before PostgreSQL's own.
constexpr auto named_by_settings = R"sql(
DO $$ BEGIN
    CREATE ACCESS METHOD another_heap TYPE TABLE HANDLER heap_tableam_handler;
    CREATE SCHEMA shadows;
    CREATE FUNCTION shadows.never(bigint, bigint) RETURNS boolean IMMUTABLE RETURN false;
    CREATE OPERATOR shadows.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = shadows.never);
    CREATE FUNCTION shadows.hashtext(text) RETURNS integer IMMUTABLE RETURN 0;
    CREATE FUNCTION shadows.current_setting(text) RETURNS text IMMUTABLE RETURN 'a shadow';
    CREATE FUNCTION shadows.pg_backend_pid() RETURNS integer IMMUTABLE RETURN 1;
EXCEPTION WHEN duplicate_object THEN NULL;
END $$)sql";

bool is_known(eventstore::postgres::session& db, std::string_view name) {
    // Those with a dot belong to an extension, and anything may be set there.
    return name.find('.') != std::string_view::npos ||
           db.run("SELECT 1 FROM pg_settings AS s WHERE s.name = $1",
                  eventstore::postgres::params{}.add(name))
                   .size() > 0;
}

} // namespace

std::span<const std::string_view> hostile_settings() { return settings; }

bool set_hostile(const scratch_database& database, std::string_view all) {
    constexpr std::string_view between = "; ";
    auto db = database.connect();
    const auto name = std::string(db.run("SELECT current_database()::text").text(0, 0));
    db.run_script(named_by_settings);
    bool any = false;
    while (!all.empty()) {
        const auto one = all.substr(0, all.find(between));
        all.remove_prefix(std::min(one.size() + between.size(), all.size()));
        if (!is_known(db, one.substr(0, one.find(' ')))) continue;
        db.run_script("ALTER DATABASE " + name + " SET " + std::string(one));
        any = true;
    }
    return any;
}

void set_hostile(const scratch_database& database) {
    for (const auto one : settings)
        set_hostile(database, one);
}

} // namespace datadrop::test
