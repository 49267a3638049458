#include "projections/letter_summary.hpp"

#include "domain/membership.hpp"
#include "projections/rfc3339.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace datadrop::projections {
namespace {

namespace json = boost::json;
using std::chrono::microseconds;

std::string_view text_in(const json::object& from, std::string_view name) {
    const auto* value = from.if_contains(name);
    return value != nullptr && value->is_string() ? std::string_view(value->get_string())
                                                  : std::string_view();
}

std::optional<std::int64_t> number_in(const json::object& from, std::string_view name) {
    const auto* value = from.if_contains(name);
    if (value == nullptr || !value->is_int64()) return std::nullopt;
    return value->get_int64();
}

domain::timestamp time_in(const json::object& from) {
    return parse_timestamp(text_in(from, "at")).value_or(domain::timestamp{});
}

bool is_stated(const json::object& attempt, std::string_view name) {
    const auto* stated = attempt.if_contains("stated");
    if (stated == nullptr || !stated->is_array()) return false;
    return std::ranges::any_of(stated->get_array(),
                               [&](const auto& one) { return one == json::value(name); });
}

std::string times(std::size_t count) {
    static constexpr std::array words{"never", "once",  "twice", "three", "four", "five",
                                      "six",   "seven", "eight", "nine",  "ten"};
    if (count >= words.size()) return fmt::format("{} times", count);
    return count < 3 ? words.at(count) : fmt::format("{} times", words.at(count));
}

/// In the greatest unit that leaves a number to go by.
std::string duration_text(microseconds length) {
    using namespace std::chrono;
    const auto whole = [&](auto unit) { return duration_cast<decltype(unit)>(length).count(); };
    if (length < 2s) return fmt::format("{} ms", whole(milliseconds{}));
    if (length < 2min) return fmt::format("{} s", whole(seconds{}));
    if (length < 2h) return fmt::format("{} min", whole(minutes{}));
    if (length < 48h) return fmt::format("{} h", whole(hours{}));
    return fmt::format("{} d", whole(days{}));
}

/// How an attempt ended.
enum class ending {
    other_than_stated, // what was stated was not so
    lost_race,         // it was, or nothing was stated, and another wrote first
    unanswered,        // the database said nothing
};

ending ending_of(const json::object& attempt) {
    if (!number_in(attempt, "found_version")) return ending::unanswered;
    const bool state_holds = !is_stated(attempt, "expected_state") ||
                             attempt.at("expected_state") == attempt.at("found_state");
    const bool version_holds = !is_stated(attempt, "expected_version") ||
                               attempt.at("expected_version") == attempt.at("found_version");
    return state_holds && version_holds ? ending::lost_race : ending::other_than_stated;
}

/// "Verified", "Verified at version 6", "version 6".
std::string stated_text(const json::object& attempt) {
    const auto version =
        fmt::format("version {}", number_in(attempt, "expected_version").value_or(0));
    if (!is_stated(attempt, "expected_state")) return version;
    std::string state(text_in(attempt, "expected_state"));
    return is_stated(attempt, "expected_version") ? state + " at " + version : state;
}

/// Said as the wish was: a version where one was stated.
std::string found_text(const json::object& attempt) {
    std::string state(text_in(attempt, "found_state"));
    if (!is_stated(attempt, "expected_version")) return state;
    return fmt::format("{} at version {}", state, number_in(attempt, "found_version").value_or(0));
}

class sentence {
  public:
    explicit sentence(const json::array& attempts) {
        for (const auto& one : attempts)
            if (one.is_object()) attempts_.push_back(&one.get_object());
    }

    std::string text() const {
        if (attempts_.empty()) return "no attempt is on record";
        std::string all;
        for (const auto& part : {wish(), races(), silences()})
            if (!part.empty()) all += all.empty() ? part : ", and " + part;
        return all + time() + winner();
    }

  private:
    std::size_t count(ending how) const {
        return static_cast<std::size_t>(std::ranges::count_if(
            attempts_, [how](const auto* one) { return ending_of(*one) == how; }));
    }

    /// "wanted Verified, found InvitedOrJoined twice, then LeftGuild three times".
    std::string wish() const {
        std::string found;
        std::string last;
        std::size_t run = 0;
        const auto end_run = [&] {
            if (run == 0) return;
            found += fmt::format("{}{} {}", found.empty() ? "" : ", then ", last, times(run));
            run = 0;
        };
        const json::object* first = nullptr;
        for (const auto* one : attempts_) {
            if (ending_of(*one) != ending::other_than_stated) continue;
            if (first == nullptr) first = one;
            if (const auto met = found_text(*one); met != last) {
                end_run();
                last = met;
            }
            ++run;
        }
        end_run();
        return first == nullptr ? "" : "wanted " + stated_text(*first) + ", found " + found;
    }

    std::string races() const {
        const auto lost = count(ending::lost_race);
        return lost == 0 ? "" : "somebody else wrote first " + times(lost);
    }

    std::string silences() const {
        const auto silent = count(ending::unanswered);
        if (silent == 0) return "";
        const auto last = std::ranges::find_if(attempts_.rbegin(), attempts_.rend(), [](auto* one) {
            return ending_of(*one) == ending::unanswered;
        });
        return fmt::format("the database did not answer {} ({})", times(silent),
                           text_in(**last, "why"));
    }

    std::string time() const {
        if (attempts_.size() < 2) return "";
        return " in " + duration_text(time_in(*attempts_.back()) - time_in(*attempts_.front()));
    }

    /// "; api (ana) moved it there 3 s before by Leave": the event that the last answer showed.
    std::string winner() const {
        const auto answered =
            std::ranges::find_if(attempts_.rbegin(), attempts_.rend(),
                                 [](auto* one) { return ending_of(*one) != ending::unanswered; });
        if (answered == attempts_.rend()) return "";
        const auto* won = (*answered)->if_contains("winner");
        if (won == nullptr || !won->is_object()) return "";
        const auto& event = won->get_object();
        const auto kind = domain::parse<domain::event_kind>(text_in(event, "event"));
        if (!kind) return "";
        const auto actor = text_in(event, "actor");
        const bool is_named = ending_of(**answered) == ending::other_than_stated;
        return fmt::format("; {}{} moved it {} {} by {}", text_in(event, "source"),
                           actor.empty() ? "" : fmt::format(" ({})", actor),
                           is_named ? "there"
                                    : fmt::format("to {}", text_in(**answered, "found_state")),
                           when(time_in(event)), name_of(domain::command_of(*kind)));
    }

    std::string when(domain::timestamp at) const {
        const auto first = time_in(*attempts_.front());
        return at < first ? duration_text(first - at) + " before" : "meanwhile";
    }

    std::vector<const json::object*> attempts_;
};

} // namespace

std::string letter_summary(const json::object& letter) {
    const auto* attempts = letter.if_contains("attempts");
    if (attempts == nullptr || !attempts->is_array()) return sentence({}).text();
    return sentence(attempts->get_array()).text();
}

} // namespace datadrop::projections
