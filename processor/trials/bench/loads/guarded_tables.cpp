#include "processor/trials/bench/loads/guarded_tables.hpp"

#include "eventstore/membership_codec.hpp"
#include "processor/trials/sql/bench_guarded.hpp"

namespace datadrop::processor::trials::bench {
namespace {

namespace postgres = eventstore::postgres;
namespace sql = processor::sql::bench_guarded;

constexpr std::string_view unique_violation = "23505";

template <typename Enum>
std::int64_t number(Enum value) {
    return static_cast<std::int64_t>(value);
}

postgres::params of_member(domain::member_id who) {
    postgres::params values;
    values.add(domain::number_of(who.guild)).add(domain::number_of(who.user));
    return values;
}

eventstore::head head_in(const postgres::rows& found, std::size_t row) {
    return {.version = domain::stream_version{found.number(row, 0)},
            .member = {.current = eventstore::enumerator<domain::state>(found.number(row, 1)),
                       .has_email = found.flag(row, 2),
                       .lifecycle = found.number(row, 3)}};
}

postgres::params of_append(const guarded_write& what) {
    const auto& c = what.command;
    auto values = of_member(c.who);
    values.add(domain::number_of(what.expected.version)).add(number(what.event.from));
    values.add(number(what.event.kind)).add(number(what.event.to));
    values.add(what.after.member.has_email ? "t" : "f").add(what.after.member.lifecycle);
    values.add(number(c.by.from)).add(c.idempotency_key);
    values.add(c.actor).add(c.reason).add(c.correlation_id).add(what.occurred_at);
    values.add_bytes(eventstore::encode(what.event.data));
    return values;
}

} // namespace

guarded_tables::guarded_tables(const std::string& database) : db_({.database = database}) {}

std::vector<eventstore::head> guarded_tables::prepare(const load_spec& spec) {
    db_.run_script(sql::schema);
    const auto first = member_at(spec, 0);
    const auto first_user = domain::number_of(first.user);
    db_.run(sql::add_members, postgres::params{}
                                  .add(domain::number_of(first.guild))
                                  .add(std::int64_t{spec.guilds})
                                  .add(first_user)
                                  .add(spec.members));
    db_.run(sql::gather_statistics);
    const auto found = db_.run(
        sql::read_members, postgres::params{}.add(first_user).add(first_user + spec.members - 1));
    std::vector<eventstore::head> heads;
    heads.reserve(found.size());
    for (std::size_t row = 0; row < found.size(); ++row)
        heads.push_back(head_in(found, row));
    return heads;
}

std::optional<guarded_event> guarded_tables::append(const guarded_write& what) {
    try {
        const auto written = db_.run(sql::append, of_append(what));
        if (written.size() == 0) return std::nullopt;
        return guarded_event{.position = written.number(0, 0),
                             .version = domain::number_of(what.after.version),
                             .state = what.event.to};
    } catch (const postgres::statement_refused& e) {
        if (e.sqlstate != unique_violation) throw;
    }
    return find_key(what.command);
}

std::optional<guarded_event> guarded_tables::find_key(const domain::envelope& command) {
    const auto found = db_.run(sql::find_key, of_member(command.who).add(command.idempotency_key));
    if (found.size() == 0) return std::nullopt;
    return guarded_event{.position = found.number(0, 0),
                         .version = found.number(0, 1),
                         .state = eventstore::enumerator<domain::state>(found.number(0, 2)),
                         .replayed = true};
}

eventstore::head guarded_tables::read(domain::member_id who) {
    return head_in(db_.run(sql::read_member, of_member(who)), 0);
}

void guarded_tables::park(const domain::envelope& command, int attempts) {
    db_.run(sql::park, of_member(command.who)
                           .add(number(domain::event_of(command.kind)))
                           .add(command.idempotency_key)
                           .add(std::int64_t{attempts}));
}

} // namespace datadrop::processor::trials::bench
