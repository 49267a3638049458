#include "eventstore/postgres/database.hpp"

#include "eventstore/postgres/driver/transaction.hpp"
#include "eventstore/sql/functions.hpp"
#include "eventstore/sql/migrations.hpp"
#include "eventstore/sql/statements.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <map>
#include <stdexcept>

namespace datadrop::eventstore::postgres {
namespace {

constexpr std::string_view insufficient_privilege = "42501";
constexpr std::string_view remedy = "run `datadrop migrate` on it";
constexpr auto rights_remedy = "run `datadrop migrate --app-role ROLE` as the schema's owner";

/// A file of the program: a migration has a version, a repeatable object has none.
struct known_file {
    std::optional<int> version;
    std::string_view name;
    std::string_view text;
    std::string checksum;
};

/// The columns of list_migrations.sql.
enum class migration_column { name, version, checksum };

struct applied_file {
    std::optional<std::int64_t> version;
    std::string checksum;
};

using applied_files = std::map<std::string, applied_file, std::less<>>;

std::string sha256_hex(std::string_view text) {
    std::array<unsigned char, 32> digest{};
    unsigned length = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("SHA-256 is not available");
    return fmt::format("{:02x}", fmt::join(digest, ""));
}

/// 12 of V0012__add_something.
int version_in(std::string_view name) {
    int version = 0;
    std::from_chars(name.data() + 1, name.data() + name.size(), version);
    return version;
}

const std::vector<known_file>& known_files() {
    static const auto files = [] {
        std::vector<known_file> all;
        for (const auto& [name, text] : sql::migrations::all)
            all.push_back({version_in(name), name, text, sha256_hex(text)});
        for (const auto& [name, text] : sql::functions::all)
            all.push_back({std::nullopt, name, text, sha256_hex(text)});
        return all;
    }();
    return files;
}

applied_files list_applied(session& db) {
    const auto listed = db.run(sql::statements::list_migrations);
    applied_files applied;
    for (std::size_t row = 0; row < listed.size(); ++row)
        applied.emplace(listed.text(row, migration_column::name),
                        applied_file{listed.maybe_number(row, migration_column::version),
                                     std::string(listed.text(row, migration_column::checksum))});
    return applied;
}

/// What the database holds must be what this program would have made of it so far.
void require_same_history(const applied_files& applied) {
    for (const auto& [name, file] : applied)
        // What a newer program has made of the schema, this one does not know how to write to.
        if (file.version > schema_version())
            throw schema_failure(fmt::format(
                "the database's schema is at version {}, newer than this program's {}: use the "
                "program that made it, or a later one",
                *file.version, schema_version()));
    for (const auto& file : known_files()) {
        const auto found = applied.find(file.name);
        // Migrations only: a repeatable object that is another is simply made anew.
        if (file.version && found != applied.end() && found->second.checksum != file.checksum)
            throw schema_failure(fmt::format(
                "migration {} was applied to the database with checksum {}, and is {} here: use "
                "the program that made the database",
                file.name, found->second.checksum, file.checksum));
    }
}

bool is_applied(const known_file& file, const applied_files& applied) {
    const auto found = applied.find(file.name);
    return found != applied.end() && found->second.checksum == file.checksum;
}

/// A wait for another migration, or a long one, is not cut short.
class migration_lock {
  public:
    explicit migration_lock(session& db) : db_(db) {
        db_.limit_statements(std::chrono::milliseconds(0));
        db_.run(sql::statements::lock_migrations);
    }
    ~migration_lock() {
        try {
            db_.run(sql::statements::unlock_migrations);
            db_.limit_statements(db_.settings().statement_timeout);
        } catch (const std::exception&) {
            // The connection is gone, and the lock with it.
        }
    }
    migration_lock(const migration_lock&) = delete;
    migration_lock& operator=(const migration_lock&) = delete;

  private:
    session& db_;
};

/// The columns of describe_server.sql.
enum class server_column { version, encoding, has_schema };

void require_usable_server(const rows& described) {
    if (described.number(0, server_column::version) < server_version_min * 10'000)
        throw schema_failure(fmt::format("PostgreSQL {} or later is needed", server_version_min));
    if (const auto is = described.text(0, server_column::encoding); is != "UTF8")
        throw schema_failure(fmt::format("the database's encoding is {}: make it with UTF8", is));
}

/// The columns of obstacles_to_writing.sql.
enum class obstacle_column { what, is_a_right };

void found_log(session& db, int partitions) {
    // Both are for good: positions and fingerprints of all events hang on them.
    fingerprint_key key{};
    if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1)
        throw std::runtime_error("the system gives no random bytes");
    db.run(sql::statements::found_log, params{}.add(partitions).add_bytes(key));
}

void apply(session& db, const known_file& file, const migration_options& o) {
    // With the note that it was applied: one without the other would stop every migrate to come.
    transaction all_or_nothing(db);
    db.run_script(file.text);
    if (file.version == 1) found_log(db, o.partitions.value_or(1));
    params record;
    record.add(file.name);
    file.version ? record.add(*file.version) : record.add_null();
    db.run(sql::statements::record_migration, record.add(file.checksum));
    all_or_nothing.commit();
}

std::vector<std::string> apply_missing(session& db, const migration_options& o) {
    const auto applied = list_applied(db);
    require_same_history(applied);
    std::vector<std::string> names;
    for (const auto& file : known_files()) {
        if (is_applied(file, applied)) continue;
        // Before the first that changes anything: an object that is made anew has lost its grants.
        if (names.empty()) db.run(sql::statements::keep_grants);
        apply(db, file, o);
        names.emplace_back(file.name);
    }
    return names;
}

void require_partitions(int wanted) {
    if (wanted < 1 || wanted > partition_count_max)
        throw schema_failure(
            fmt::format("{} partitions: a database has 1 to {}", wanted, partition_count_max));
}

void require_same_partitions(session& db, int wanted) {
    const auto made_with = partition_count(db);
    if (made_with != wanted)
        throw schema_failure(
            fmt::format("the database was made with {} partitions, which cannot be "
                        "changed to {}",
                        made_with, wanted));
}

/// Whoever could do something before still can, and nobody else. Also when nothing was applied: the
/// migrate before may have been killed.
void settle_grants(session& db, const migration_options& o) {
    transaction all_or_nothing(db);
    db.run_script(sql::statements::revoke_from_public);
    db.run_script(sql::statements::give_grants_back);
    if (o.app_role) db.run(sql::statements::grant_app_role, params{}.add(*o.app_role));
    all_or_nothing.commit();
}

} // namespace

int schema_version() {
    int newest = 0;
    for (const auto& file : known_files())
        newest = std::max(newest, file.version.value_or(0));
    return newest;
}

std::vector<std::string> migrate(session& db, const migration_options& o) {
    // What can be refused is refused before anything is touched.
    if (o.partitions) require_partitions(*o.partitions);
    require_usable_server(db.run(sql::statements::describe_server));
    const migration_lock one_at_a_time(db);
    db.run_script(sql::statements::create_schema);
    auto names = apply_missing(db, o);
    if (o.partitions) require_same_partitions(db, *o.partitions);
    // Also when nothing was missing: both may have been lost since, by a restore or by hand.
    db.run_script(sql::statements::guard_events);
    settle_grants(db, o);
    return names;
}

void require_current_schema(session& db) try {
    const auto described = db.run(sql::statements::describe_server);
    require_usable_server(described);
    if (!described.flag(0, server_column::has_schema))
        throw schema_failure(fmt::format("the database has no datadrop schema: {}", remedy));
    // The functions, too, and not only the migrations: they are half of what this program does.
    const auto applied = list_applied(db);
    require_same_history(applied);
    for (const auto& file : known_files())
        if (!is_applied(file, applied))
            throw schema_failure(
                fmt::format("the database's schema is not current ({} is missing or older): {}",
                            file.name, remedy));
} catch (const statement_refused& e) {
    if (e.sqlstate != insufficient_privilege) throw;
    throw schema_failure(fmt::format("the role {} may not read the schema datadrop: {} ({})",
                                     db.run(sql::statements::name_role).text(), rights_remedy,
                                     e.what()));
}

std::optional<std::string> obstacle_to_writing(session& db) {
    const auto found = db.run(sql::statements::obstacles_to_writing);
    if (found.size() == 0) return std::nullopt;
    // One is enough to act on, and a role without any rights would have a page of them.
    const std::string first(found.text(0, obstacle_column::what));
    return found.size() == 1 ? first : fmt::format("{}, and {} more", first, found.size() - 1);
}

void require_rights(session& db) try {
    const auto found = db.run(sql::statements::obstacles_to_writing);
    // Not what passes by itself, such as a standby that is promoted: a server waits for that.
    for (std::size_t row = 0; row < found.size(); ++row)
        if (found.flag(row, obstacle_column::is_a_right))
            throw schema_failure(
                fmt::format("{}; {}", found.text(row, obstacle_column::what), rights_remedy));
} catch (const statement_refused& e) {
    if (e.sqlstate != insufficient_privilege) throw;
    throw schema_failure(fmt::format("{}; {}", e.what(), rights_remedy));
}

int partition_count(session& db) {
    return static_cast<int>(db.run(sql::statements::partition_count).number());
}

fingerprint_key load_fingerprint_key(session& db) {
    const auto found = db.run(sql::statements::load_server_key);
    // Without it, or with another, addresses that are known would look like new ones.
    if (found.size() != 1) throw unexpected_value("the database has no key of the fingerprints");
    const auto bytes = found.bytes();
    fingerprint_key key{};
    if (bytes.size() != key.size())
        throw unexpected_value(fmt::format("the key of the fingerprints has {} bytes, not {}",
                                           bytes.size(), key.size()));
    std::copy_n(bytes.begin(), key.size(), key.begin());
    return key;
}

} // namespace datadrop::eventstore::postgres
