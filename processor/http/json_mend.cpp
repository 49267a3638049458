#include "processor/http/json_mend.hpp"

#include "processor/http/http_limits.hpp"
#include "processor/http/text.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>

namespace datadrop::processor::http {

namespace {

constexpr char no_text = '\x7F';
constexpr std::size_t exponent_digits_max = 9; // what fits into an int
constexpr std::size_t unit_size = 6;           // of \uXXXX

/// The UTF-16 unit of an escape at the text's begin; nothing when there is none.
std::optional<unsigned> unit_at_begin(std::string_view text) {
    if (text.size() < unit_size || !text.starts_with("\\u")) return std::nullopt;
    unsigned value = 0;
    const auto* const end = text.data() + unit_size;
    const auto [stop, error] = std::from_chars(text.data() + 2, end, value, 16);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return value;
}

bool is_high(unsigned unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_low(unsigned unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

/// Goes over a text once, from its begin to its end.
class mender {
  public:
    explicit mender(std::string_view text) : text_(text), mended_(text) {}

    // What is replaced keeps its length, so that a place in a message is a place in the text.
    std::string mended() && {
        while (at_ < text_.size())
            take_token();
        return std::move(mended_);
    }

  private:
    void take_token() {
        switch (text_[at_]) {
        case '"':
            return take_string();
        case '[':
            return open(']');
        case '{':
            return open('}');
        case ']':
        case '}':
            return close();
        case 'e':
        case 'E':
            return take_exponent();
        default:
            ++at_;
        }
    }

    void take_string() {
        for (++at_; at_ < text_.size() && text_[at_] != '"';)
            text_[at_] == '\\' ? take_escape() : take_character();
        ++at_;
    }

    void take_character() {
        const auto size = size_of_first_character(text_.substr(at_));
        if (size == 0) mended_[at_] = no_text;
        at_ += std::max<std::size_t>(size, 1);
    }

    void take_escape() {
        const auto unit = unit_at_begin(text_.substr(at_));
        const auto behind = unit_at_begin(text_.substr(std::min(at_ + unit_size, text_.size())));
        if (!unit) {
            at_ += 2; // of one character, or of none: then the text is refused
        } else if (is_high(*unit) && behind && is_low(*behind)) {
            at_ += 2 * unit_size;
        } else {
            if (is_high(*unit) || is_low(*unit)) mended_.replace(at_, unit_size, "\\u007f");
            at_ += unit_size;
        }
    }

    void take_exponent() {
        ++at_;
        if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
        const auto end = std::min(text_.find_first_not_of("0123456789", at_), text_.size());
        if (end - at_ > exponent_digits_max)
            std::fill(mended_.begin() + offset(at_), mended_.begin() + offset(end), '0');
        at_ = end;
    }

    void open(char closer) {
        open_ += closer;
        if (open_.size() == json_depth_max + 1) too_deep_from_ = at_;
        ++at_;
    }

    void close() {
        if (open_.empty() || open_.back() != text_[at_]) {
            at_ = text_.size(); // no telling what ends where
            return;
        }
        ++at_;
        // The outermost of what is too deep becomes one string, whatever is in it.
        if (open_.size() == json_depth_max + 1) {
            std::fill(mended_.begin() + offset(too_deep_from_), mended_.begin() + offset(at_),
                      no_text);
            mended_[too_deep_from_] = mended_[at_ - 1] = '"';
        }
        open_.pop_back();
    }

    static std::ptrdiff_t offset(std::size_t place) { return static_cast<std::ptrdiff_t>(place); }

    std::string_view text_;
    std::string mended_;
    std::size_t at_ = 0;
    std::string open_; // the closing brackets to come
    std::size_t too_deep_from_ = 0;
};

} // namespace

std::string mend_json(std::string_view text) { return mender{text}.mended(); }

} // namespace datadrop::processor::http
