#include "tests/faults/support/stage.hpp"

#include "eventstore/postgres/database.hpp"
#include "eventstore/tokens.hpp"
#include "tests/faults/support/holds.hpp"

#include <cstdio>

namespace datadrop::test {
namespace pg = eventstore::postgres;
namespace fs = std::filesystem;
namespace {

using eventstore::scope;

std::string make_token(pg::session& db, const std::string& name, domain::source from,
                       std::initializer_list<scope> allowed) {
    eventstore::scopes may;
    for (const auto one : allowed)
        may.add(one);
    return eventstore::create_token(db, {.name = name, .from = from, .may = may}).value();
}

fs::path fresh_folder(const fs::path& path) {
    fs::create_directory(path);
    return path;
}

/// Started by the first stage, and running at the end of each.
cluster& everybodys_postgres() {
    static temporary_folder folder;
    static cluster shared(folder.path() / "pg");
    shared.wait_until_it_answers();
    return shared;
}

std::string new_name() {
    static int last_number = 0;
    return "stage_" + std::to_string(++last_number);
}

} // namespace

credentials set_up(const std::string& database, int partitions) {
    pg::session db({.database = database});
    pg::migrate(db, {.partitions = partitions});
    return {.bot = make_token(db, "bot", domain::source::bot, {scope::submit, scope::read}),
            .api = make_token(db, "api", domain::source::api, {scope::submit, scope::read}),
            .operator_one = make_token(db, "operator", domain::source::operator_,
                                       {scope::submit, scope::read, scope::operate})};
}

stage::stage(const stage_options& o)
    : own_postgres_(o.own_postgres
                        ? std::make_unique<cluster>(o.home_of_own.value_or(folder_.path() / "pg"),
                                                    *o.own_postgres)
                        : nullptr),
      postgres_(own_postgres_ ? *own_postgres_ : everybodys_postgres()), database_name_(new_name()),
      database_(postgres_.make_database(database_name_)), tokens_(set_up(database_, o.partitions)),
      notes_(fresh_folder(folder_.path() / "notes")) {
    for (int i = 0; i < o.processors; ++i) {
        const auto home = fresh_folder(folder_.path() / ("proxy" + std::to_string(i)));
        auto& n = nodes_.emplace_back();
        n.proxy = std::make_unique<database_proxy>(postgres_.socket(), home);
        n.front = std::make_unique<front_door>();
        n.processor =
            std::make_unique<serving>(*n.front, n.proxy->database(database_name_), o.serve);
    }
}

client_options stage::options_of(const std::string& name, const std::string& token) const {
    client_options o{.name = name, .token = token, .doors = {}};
    for (const auto& n : nodes_)
        o.doors.push_back(n.front->port());
    return o;
}

stage::~stage() {
    nodes_.clear();
    try {
        if (!own_postgres_) postgres_.drop_database(database_name_);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s stays: %s\n", database_name_.c_str(), e.what());
    }
}

pg::session stage::connect() const {
    return pg::session({.database = database_, .application_name = test_session});
}

load_options stage::both_sides(std::chrono::milliseconds wait_max) const {
    load_options sides{.bot = options_of("bot", tokens_.bot),
                       .api = options_of("api", tokens_.api)};
    sides.bot.patience = sides.api.patience = wait_max;
    return sides;
}

check_result stage::check() {
    postgres_.wait_until_it_answers();
    pg::session db({.database = database_, .statement_timeout = {}});
    auto found = examine(db, notes_);
    for (auto& n : nodes_)
        n.processor->stop();
    return found;
}

} // namespace datadrop::test
