#include "processor/service/run_worker.hpp"

#include "processor/service/remediation.hpp"
#include "processor/service/run_preview.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace datadrop::processor {
namespace {

using boost::asio::awaitable;
using eventstore::partition_number;
using projections::item_result;
using projections::letter_run;
using projections::run_item;
using std::chrono::steady_clock;
using namespace std::chrono_literals;
using letter_events = std::vector<eventstore::stored_dead_letter_event>;

/// How often a server looks whether there is a run that nobody carries out.
constexpr auto look_interval = 2s;
/// Until the database, or room in the queue, is asked for again.
constexpr auto trouble_pause = 500ms;
constexpr std::size_t pages_a_second = 5; // of a run with a rate

item_result changed(eventstore::dead_letter_id id) { return {.id = id, .outcome = "changed"}; }

bool is_of_run(const letter_run& of, const domain::submitter& by,
               const std::optional<std::string>& reason) {
    return by == of.asked.by && reason == reason_in_run(of.asked.reason, of.id);
}

std::string_view outcome_of(std::string_view failure_code) {
    if (failure_code == name_of(outcome_code::stale_expectation))
        return name_of(outcome_kind::conflict);
    if (failure_code == name_of(outcome_code::retry_budget_spent))
        return name_of(outcome_kind::dead_lettered);
    return name_of(outcome_kind::rejected);
}

/// What an event says of the act that wrote it, when that was the run's.
struct act_reader {
    const letter_run& of;
    eventstore::dead_letter_id id;

    item_result operator()(const domain::command_parked&) const { return changed(id); }
    item_result operator()(const domain::command_redriven& e) const {
        if (!is_of_run(of, e.by, e.reason)) return changed(id);
        return {.id = id, .outcome = std::string(name_of(outcome_kind::accepted))};
    }
    item_result operator()(const domain::redrive_failed& e) const {
        if (!is_of_run(of, e.by, e.reason)) return changed(id);
        return {.id = id, .outcome = std::string(outcome_of(e.code)), .code = e.code};
    }
    item_result operator()(const domain::command_discarded& e) const {
        if (!is_of_run(of, e.by, e.reason)) return changed(id);
        return {.id = id, .outcome = "discarded"};
    }
};

/// Nothing while the letter is as it was selected.
std::optional<item_result> done_before(const letter_run& of, const run_item& item,
                                       const projections::letters_by_id& letters) {
    const auto letter = letters.find(item.id);
    if (letter == letters.end()) return changed(item.id);
    const auto& events = letter->second;
    const auto first =
        std::ranges::find_if(events, [&](const auto& e) { return e.position > item.seen; });
    if (first == events.end()) return std::nullopt;
    return std::visit(act_reader{of, item.id}, first->what);
}

submission submission_of(const letter_run& of, const run_item& item, const letter_events& letter) {
    auto request = redrive_of(of.asked);
    request.reason = reason_in_run(of.asked.reason, of.id);
    const auto& parked = std::get<domain::command_parked>(letter.front().what);
    return {.command = redriven_command(parked, request),
            .redriven = eventstore::redrive{item.id, request.by, request.reason, item.seen}};
}

bool is_open(const outcome& what) {
    return what.kind == outcome_kind::unavailable || what.kind == outcome_kind::overloaded;
}

item_result result_of(const run_item& item, const outcome& what) {
    item_result told{.id = item.id, .outcome = std::string(name_of(what.kind))};
    if (what.code) told.code = std::string(name_of(*what.code));
    return told;
}

} // namespace

struct run_worker::page {
    partition_number partition{};
    bool stopped = false;
    std::vector<item> items{};
    projections::letters_by_id letters{};
};

std::string reason_in_run(const std::string& reason, projections::run_id id) {
    return fmt::format("{} (run {})", reason, number_of(id));
}

run_worker::run_worker(boost::asio::io_context& io, readers& by, int partitions,
                       std::size_t page_max, submit_all submit, std::function<bool()> able,
                       std::function<void()> acted)
    : readers_(by), partitions_(partitions), page_max_(page_max), submit_(std::move(submit)),
      able_(std::move(able)), acted_(std::move(acted)), turn_(io), ended_(io) {}

awaitable<void> run_worker::work() {
    working_ = true;
    while (!stopping_) {
        std::optional<run> found;
        if (able_()) found = co_await take();
        if (found)
            co_await carry_out(*std::move(found));
        else
            co_await pause(look_interval);
    }
    working_ = false;
    ended_.notify_all();
}

awaitable<void> run_worker::stop() {
    stopping_ = true;
    turn_.notify_all();
    while (working_)
        co_await ended_.wait_until(steady_clock::now() + 1s);
}

awaitable<void> run_worker::pause(steady_clock::duration time) {
    if (!stopping_) co_await turn_.wait_until(steady_clock::now() + time);
}

/// The database being away is told by whoever reads; here it only is a run that is not found yet.
awaitable<std::optional<letter_run>> run_worker::take() {
    try {
        co_return co_await readers_.read([](reader& r) {
            std::optional<run> found;
            r.model.run_with([&](auto& db) {
                const auto id = projections::take_run(db);
                found = id ? projections::read_run(db, *id) : std::nullopt;
            });
            return found;
        });
    } catch (const std::runtime_error&) {
        co_return std::nullopt;
    }
}

awaitable<void> run_worker::carry_out(run of) {
    spdlog::info("run {}: {} of {} dead letters by {}", number_of(of.id),
                 of.asked.act == domain::remediation::discard ? "discard" : "redrive", of.selected,
                 of.asked.by.name);
    try {
        // What was open for want of room, or of the database, is gone through again.
        bool whole = false;
        while (!whole && !stopping_) {
            whole = true;
            for (const auto p : eventstore::all_partitions(partitions_))
                whole = co_await carry_out(of, p) && whole;
            if (!whole) {
                const bool goes_on = co_await readers_.read([id = of.id](reader& r) {
                    bool kept = false;
                    r.model.run_with([&](auto& db) { kept = projections::keep_run(db, id); });
                    return kept;
                });
                if (!goes_on) co_return;
                co_await pause(trouble_pause);
            }
        }
        if (!whole) co_return;
        co_await readers_.read([id = of.id](reader& r) {
            r.model.run_with([&](auto& db) { projections::end_run(db, id); });
            return true;
        });
    } catch (const std::runtime_error&) {
        // Told by the readers. The lease ends, and with it comes the next try, here or elsewhere.
    }
}

std::size_t run_worker::page_items(const run& of) const {
    if (!of.asked.rate) return page_max_;
    return std::clamp<std::size_t>(static_cast<std::size_t>(*of.asked.rate) / pages_a_second, 1,
                                   page_max_);
}

/// Reads what the page is about, and sees that the run goes on, in one go.
awaitable<run_worker::page> run_worker::next_page(const run& of, partition_number partition,
                                                  eventstore::dead_letter_id after) {
    co_return co_await readers_.read([&, limit = page_items(of)](reader& r) {
        page found{.partition = partition};
        r.model.run_with([&](auto& db) {
            found.stopped = !projections::keep_run(db, of.id);
            if (found.stopped) return;
            found.items = projections::open_items(db, partition, of.id, after, limit);
            if (!found.items.empty())
                found.letters = projections::read_letters_of(db, partition, found.items);
        });
        return found;
    });
}

/// False when something is open still.
awaitable<bool> run_worker::carry_out(const run& of, partition_number partition) {
    bool whole = true;
    eventstore::dead_letter_id after{};
    while (!stopping_) {
        const auto began = steady_clock::now();
        const auto all = co_await next_page(of, partition, after);
        if (all.stopped) co_return false;
        if (all.items.empty()) co_return whole;
        after = all.items.back().id;
        std::vector<result> results;
        if (of.asked.act == domain::remediation::discard)
            results = co_await discard(of, all);
        else
            results = co_await redrive(of, all);
        whole = whole && results.size() == all.items.size();
        co_await readers_.read([&](reader& r) {
            r.model.run_with(
                [&](auto& db) { projections::record_items(db, partition, of.id, results); });
            return true;
        });
        if (!of.asked.rate) continue;
        const auto items = static_cast<std::int64_t>(all.items.size());
        const auto due = began + steady_clock::duration(1s) * items / *of.asked.rate;
        if (const auto now = steady_clock::now(); now < due) co_await pause(due - now);
    }
    co_return false;
}

awaitable<std::vector<item_result>> run_worker::redrive(const run& of, const page& all) {
    std::vector<result> results;
    std::vector<item> sent, unclear;
    std::vector<submission> submissions;
    for (const auto& one : all.items) {
        if (auto before = done_before(of, one, all.letters)) {
            results.push_back(*std::move(before));
        } else {
            sent.push_back(one);
            submissions.push_back(submission_of(of, one, all.letters.at(one.id)));
        }
    }
    const auto outcomes = co_await submit_(std::move(submissions));
    for (std::size_t i = 0; i < sent.size(); ++i) {
        if (is_open(outcomes[i])) continue;
        // What was answered before, or by another act, is told by the letter's events.
        if (outcomes[i].replayed)
            unclear.push_back(sent[i]);
        else
            results.push_back(result_of(sent[i], outcomes[i]));
    }
    const auto told = co_await look_again(of, all.partition, std::move(unclear));
    results.insert(results.end(), told.begin(), told.end());
    co_return results;
}

awaitable<std::vector<item_result>>
run_worker::look_again(const run& of, partition_number partition, std::vector<item> unclear) {
    std::vector<result> results;
    if (unclear.empty()) co_return results;
    const auto letters = co_await readers_.read([&](reader& r) {
        projections::letters_by_id found;
        r.model.run_with(
            [&](auto& db) { found = projections::read_letters_of(db, partition, unclear); });
        return found;
    });
    for (const auto& one : unclear)
        if (auto told = done_before(of, one, letters)) // else it is open still
            results.push_back(*std::move(told));
    co_return results;
}

awaitable<std::vector<item_result>> run_worker::discard(const run& of, const page& all) {
    const domain::command_discarded what{of.asked.by, reason_in_run(of.asked.reason, of.id)};
    auto results = co_await readers_.read([&](reader& r) {
        std::vector<result> done;
        for (const auto& one : all.items) {
            if (auto before = done_before(of, one, all.letters)) {
                done.push_back(*std::move(before));
                continue;
            }
            const auto fate = r.log.discard({one.id, one.seen}, what);
            const bool is_ours = fate == eventstore::remediation_fate::done;
            done.push_back(is_ours ? result{.id = one.id, .outcome = "discarded"}
                                   : changed(one.id));
        }
        return done;
    });
    acted_();
    co_return results;
}

} // namespace datadrop::processor
