#include "processor/trials/demo/demo_stage.hpp"

#include "eventstore/postgres/database.hpp"
#include "eventstore/postgres/driver/session.hpp"
#include "eventstore/tokens.hpp"
#include "processor/trials/sql/demo.hpp"

namespace datadrop::processor::trials::demo {
namespace {

namespace postgres = eventstore::postgres;

std::string make_token(postgres::session& db, door d) {
    eventstore::scopes may;
    may.add(eventstore::scope::submit);
    const auto from = d == door::bot ? domain::source::bot : domain::source::api;
    return eventstore::create_token(db, {.name = std::string(name_of(d)), .from = from, .may = may})
        .value();
}

} // namespace

demo_stage::demo_stage(const cli::settings& told, int partitions)
    : server_(told, {.folder_suffix = "-demo"}),
      database_(server_.make_afresh({.name = "datadrop_demo",
                                     .drop = sql::demo::drop_database,
                                     .create = sql::demo::create_database})) {
    postgres::session db({.database = database_});
    postgres::migrate(db, {.partitions = partitions});
    bot_token_ = make_token(db, door::bot);
    api_token_ = make_token(db, door::api);
}

} // namespace datadrop::processor::trials::demo
