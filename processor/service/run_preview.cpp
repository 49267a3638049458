#include "processor/service/run_preview.hpp"

#include "eventstore/postgres/driver/transaction.hpp"
#include "processor/core/actions.hpp"

#include <boost/json/array.hpp>

#include <map>
#include <tuple>
#include <utility>

namespace datadrop::processor {
namespace {

namespace json = boost::json;
using eventstore::partition_number;
using eventstore::postgres::session;

constexpr std::size_t page_items = 1'000;

/// Outcome, code, event; "" for none.
using came_to = std::tuple<std::string_view, std::string_view, std::string_view>;
using histogram = std::map<came_to, std::int64_t>;

came_to judged(const verdict& would, domain::on_conflict conflict) {
    if (const auto* happened = std::get_if<domain::event>(&would))
        return {name_of(outcome_kind::accepted), "", name_of(happened->kind)};
    if (const auto* refused = std::get_if<domain::rejection>(&would))
        return {name_of(outcome_kind::rejected), name_of(code_of(refused->code)), ""};
    if (conflict == domain::on_conflict::fail)
        return {name_of(outcome_kind::conflict), name_of(outcome_code::stale_expectation), ""};
    return {name_of(outcome_kind::dead_lettered), name_of(outcome_code::retry_budget_spent), ""};
}

/// The commands of letters, as a redrive would send them.
std::vector<command_ptr> commands_of(const projections::letters_by_id& letters,
                                     const redrive_request& request) {
    std::vector<command_ptr> commands;
    for (const auto& [id, events] : letters)
        commands.push_back(
            redriven_command(std::get<domain::command_parked>(events.front().what), request));
    return commands;
}

void add_judged(histogram& counts, eventstore::log& log, partition_number partition,
                const std::vector<command_ptr>& commands) {
    std::vector<domain::member_id> members;
    for (const auto& command : commands)
        members.push_back(command->who);
    const auto heads = log.load(partition, members).heads;
    for (std::size_t i = 0; i < commands.size(); ++i)
        ++counts[judged(judge_at_last(*commands[i], heads[i]), commands[i]->conflict)];
}

json::array to_json(const histogram& counts) {
    json::array rows;
    const auto text_or_null = [](std::string_view text) {
        return text.empty() ? json::value(nullptr) : json::value(text);
    };
    for (const auto& [to, count] : counts)
        rows.push_back({{"outcome", std::get<0>(to)},
                        {"code", text_or_null(std::get<1>(to))},
                        {"event", text_or_null(std::get<2>(to))},
                        {"count", count}});
    return rows;
}

/// Selects in the order of the partitions, until there are enough.
class run_maker {
  public:
    run_maker(session& db, eventstore::log& log, const projections::run_request& asked)
        : db_(db), log_(log), asked_(asked), request_(redrive_of(asked)),
          id_(create_run(db, asked)) {}

    void add(partition_number partition, std::int64_t limit) {
        const auto more = select_items(db_, partition, id_, asked_.of, limit - selected_);
        selected_ += more;
        if (asked_.act == domain::remediation::discard)
            counts_[{"discarded", "", ""}] += more;
        else
            judge_all(partition);
    }

    projections::run_id finish() {
        std::erase_if(counts_, [](const auto& one) { return one.second == 0; });
        keep_preview(db_, id_, selected_, to_json(counts_));
        return id_;
    }

  private:
    void judge_all(partition_number partition) {
        eventstore::dead_letter_id after{};
        for (;;) {
            const auto items = open_items(db_, partition, id_, after, page_items);
            if (items.empty()) return;
            after = items.back().id;
            const auto letters = read_letters_of(db_, partition, items);
            add_judged(counts_, log_, partition, commands_of(letters, request_));
        }
    }

    session& db_;
    eventstore::log& log_;
    const projections::run_request& asked_;
    redrive_request request_;
    projections::run_id id_;
    std::int64_t selected_ = 0;
    histogram counts_;
};

} // namespace

redrive_request redrive_of(const projections::run_request& asked) {
    redrive_request request{.by = asked.by, .reason = asked.reason};
    const auto& given = asked.expectations;
    if (const auto* state = given.if_contains("expected_state"))
        request.expected_state.emplace(
            state->is_string() ? domain::parse<domain::state>(state->get_string()) : std::nullopt);
    if (const auto* version = given.if_contains("expected_version"))
        request.expected_version.emplace(
            version->is_int64() ? std::optional(domain::stream_version{version->get_int64()})
                                : std::nullopt);
    if (const auto* lifecycle = given.if_contains("expected_lifecycle"))
        request.expected_lifecycle.emplace(
            lifecycle->is_int64() ? std::optional(lifecycle->get_int64()) : std::nullopt);
    return request;
}

projections::run_id preview_run(reader& from, int partitions, const projections::run_request& asked,
                                std::int64_t limit) {
    std::optional<projections::run_id> made;
    from.model.run_with([&](session& db) {
        // Whole or not at all: a run without its preview is for nobody to start.
        eventstore::postgres::transaction whole(db);
        projections::forget_previews(db, partitions);
        run_maker all(db, from.log, asked);
        for (const auto p : eventstore::all_partitions(partitions))
            all.add(p, limit);
        made = all.finish();
        whole.commit();
    });
    return *made;
}

} // namespace datadrop::processor
