#include "projections/rfc3339.hpp"

#include <fmt/format.h>

namespace datadrop::projections {
namespace {

using namespace std::chrono;

constexpr int year_max = 9999; // four digits are all that the format has

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Eats a text from the left. After the first thing that is not there, `failed` stays.
class scanner {
  public:
    explicit scanner(std::string_view text) : rest_(text) {}

    int number(std::size_t digits) {
        if (rest_.size() < digits) return fail();
        int value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            if (!is_digit(rest_[i])) return fail();
            value = value * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(digits);
        return value;
    }

    int number_up_to(int max) {
        const int value = number(2);
        return value <= max ? value : fail();
    }

    /// One of the characters, which is answered; 0 when none of them comes next.
    char one_of(std::string_view characters) {
        if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) return 0;
        const char found = rest_.front();
        rest_.remove_prefix(1);
        return found;
    }

    void expect(std::string_view characters) {
        if (one_of(characters) == 0) fail();
    }

    /// The digits behind a decimal point, at least one.
    microseconds fraction() {
        int value = 0;
        int digits = 0;
        for (; !rest_.empty() && is_digit(rest_.front()); rest_.remove_prefix(1), ++digits)
            if (digits < 6) value = value * 10 + (rest_.front() - '0');
        if (digits == 0) fail();
        for (; digits < 6; ++digits)
            value *= 10;
        return microseconds{value};
    }

    bool succeeded() const { return !failed_ && rest_.empty(); }

  private:
    int fail() {
        failed_ = true;
        return 0;
    }

    std::string_view rest_;
    bool failed_ = false;
};

year_month_day scan_date(scanner& in) {
    const int y = in.number(4);
    in.expect("-");
    const int m = in.number(2);
    in.expect("-");
    const int d = in.number(2);
    return {year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
}

microseconds scan_time(scanner& in) {
    const hours h{in.number_up_to(23)};
    in.expect(":");
    const minutes m{in.number_up_to(59)};
    in.expect(":");
    const seconds s{in.number_up_to(59)};
    const auto fraction = in.one_of(".") != 0 ? in.fraction() : microseconds{};
    return h + m + s + fraction;
}

/// How far the local time is ahead of UTC.
minutes scan_offset(scanner& in) {
    if (in.one_of("Zz") != 0) return minutes{};
    const char sign = in.one_of("+-");
    const hours h{in.number_up_to(23)};
    in.expect(":");
    const minutes m{in.number_up_to(59)};
    return sign == '-' ? -(h + m) : h + m;
}

bool has_four_digit_year(domain::timestamp t) {
    const year_month_day date{floor<days>(t)};
    return date.year() >= year{1} && date.year() <= year{year_max};
}

} // namespace

std::string to_text(domain::timestamp t) {
    const auto midnight = floor<days>(t);
    const year_month_day date{midnight};
    const hh_mm_ss time{t - midnight};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       time.hours().count(), time.minutes().count(), time.seconds().count(),
                       time.subseconds().count());
}

std::optional<domain::timestamp> parse_timestamp(std::string_view text) {
    scanner in(text);
    const auto date = scan_date(in);
    in.expect("Tt");
    const auto time = scan_time(in);
    const auto offset = scan_offset(in);
    if (!in.succeeded() || !date.ok()) return std::nullopt;
    const domain::timestamp instant = sys_days{date} + time - offset;
    return has_four_digit_year(instant) ? std::optional(instant) : std::nullopt;
}

} // namespace datadrop::projections
