#include "processor/trials/bench/loads/load.hpp"

#include "domain/enum_names.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value_to.hpp>

#include <algorithm>
#include <concepts>
#include <limits>
#include <stdexcept>
#include <type_traits>
#include <vector>

namespace datadrop::processor::trials::bench {
namespace {

namespace json = boost::json;

constexpr std::size_t key_prefix_max = 12; // the rest of a key is its number

[[noreturn]] void refuse(std::string_view field, std::string_view why) {
    throw std::invalid_argument(std::string(field) + ": " + std::string(why));
}

// ---- The fields, each named once

template <typename Spec, typename Visit>
void each_field_of_spec(Spec& s, Visit&& visit) {
    visit("kind", s.kind);
    visit("commands", s.commands);
    visit("in_flight", s.in_flight);
    visit("commands_a_request", s.commands_a_request);
    visit("commands_a_second", s.commands_a_second);
    visit("members", s.members);
    visit("guilds", s.guilds);
    visit("guild_first", s.guild_first);
    visit("commands_max", s.commands_max);
    visit("key_prefix", s.key_prefix);
    visit("warm_up_ms", s.warm_up);
    visit("measured_ms", s.measured);
    visit("answers", s.answers);
}

template <typename Latencies, typename Visit>
void each_field_of_latencies(Latencies& l, Visit&& visit) {
    visit("p50", l.p50);
    visit("p95", l.p95);
    visit("p99", l.p99);
    visit("p999", l.p999);
    visit("max", l.max);
}

template <typename Report, typename Visit>
void each_field_of_report(Report& r, Visit&& visit) {
    visit("seconds", r.seconds);
    visit("accepted", r.accepted);
    visit("first_half", r.first_half);
    visit("rejected", r.rejected);
    visit("conflicts", r.conflicts);
    visit("dead_lettered", r.dead_lettered);
    visit("overloaded", r.overloaded);
    visit("unavailable", r.unavailable);
    visit("retries", r.retries);
    visit("accepted_after", r.accepted_after);
    visit("overloaded_after", r.overloaded_after);
    visit("cpu_seconds", r.cpu_seconds);
    visit("peak_memory", r.peak_memory);
    visit("sent", r.sent);
}

// ---- Writing

json::value written(std::chrono::milliseconds value) { return value.count(); }
json::value written(const std::filesystem::path& value) { return json::string(value.string()); }
json::value written(const std::string& value) { return json::string(value); }
template <typename T>
json::value written(const T& value) {
    if constexpr (std::is_enum_v<T>) {
        return json::string(name_of(value));
    } else if constexpr (std::is_arithmetic_v<T>) {
        return value;
    } else {
        json::object fields;
        each_field_of_latencies(
            value, [&](std::string_view name, const auto& v) { fields[name] = written(v); });
        return fields;
    }
}

// ---- Reading

enum class absent : std::uint8_t { is_default, is_an_error };

const json::object& object_in(const json::value& given, std::string_view what) {
    if (const auto* fields = given.if_object()) return *fields;
    refuse(what, "no JSON object");
}

template <typename T>
void read(const json::value& given, std::string_view field, T& value);

/// What the object has beside the fields is an error.
template <typename EachField>
void read_fields(const json::object& given, absent rule, EachField&& each_field) {
    std::vector<std::string_view> known;
    each_field([&](std::string_view name, auto& value) {
        known.push_back(name);
        const auto* const field = given.if_contains(name);
        if (field == nullptr && rule == absent::is_an_error) refuse(name, "missing");
        if (field != nullptr) read(*field, name, value);
    });
    for (const auto& field : given)
        if (std::ranges::find(known, std::string_view(field.key())) == known.end())
            refuse(field.key(), "unknown");
}

std::string text_in(const json::value& given, std::string_view field) {
    if (const auto* text = given.if_string()) return std::string(*text);
    refuse(field, "no text");
}

template <typename T>
T number_in(const json::value& given, std::string_view field) {
    boost::system::error_code error;
    const auto number = given.to_number<T>(error);
    if (error) refuse(field, error.message());
    return number;
}

template <typename T>
void read(const json::value& given, std::string_view field, T& value) {
    if constexpr (std::is_enum_v<T>) {
        const auto named = domain::parse<T>(text_in(given, field));
        if (!named) refuse(field, "unknown name");
        value = *named;
    } else if constexpr (std::is_arithmetic_v<T>) {
        value = number_in<T>(given, field);
    } else if constexpr (std::same_as<T, std::chrono::milliseconds>) {
        value = T(number_in<std::int64_t>(given, field));
    } else if constexpr (std::same_as<T, latencies>) {
        read_fields(object_in(given, field), absent::is_an_error,
                    [&](auto&& visit) { each_field_of_latencies(value, visit); });
    } else {
        value = text_in(given, field);
    }
}

template <typename Number>
void require(std::string_view field, Number value, Number min, Number max) {
    if (value < min || value > max)
        refuse(field, "out of range: " + std::to_string(min) + " to " + std::to_string(max));
}

void require_key_prefix(const std::string& prefix) {
    const auto plain = [](char c) { return c > ' ' && c <= '~' && c != '"' && c != '\\'; };
    if (prefix.empty() || prefix.size() > key_prefix_max || !std::ranges::all_of(prefix, plain))
        refuse("key_prefix", "1 to 12 visible ASCII characters without \" and \\");
}

void require_ranges(const load_spec& s) {
    constexpr std::int64_t numbers_max = std::numeric_limits<std::uint32_t>::max();
    require("in_flight", s.in_flight, 1, 10'000);
    require("commands_a_request", s.commands_a_request, 1, 1'000);
    require("commands_a_second", s.commands_a_second, 0.0, 1e6);
    require("members", s.members, std::int64_t{1}, numbers_max);
    require<std::int64_t>("guilds", s.guilds, 1, s.members);
    require("guild_first", s.guild_first, 0, 1'000'000);
    require("commands_max", s.commands_max, std::int64_t{0}, numbers_max);
    require<std::int64_t>("warm_up_ms", s.warm_up.count(), 0, 3'600'000);
    require<std::int64_t>("measured_ms", s.measured.count(), 1, 3'600'000);
}

void require_that_fields_agree(const load_spec& s) {
    const bool http = s.kind == load_kind::http_json || s.kind == load_kind::http_flatbuffers;
    if (!http && s.commands_a_request != 1) refuse("commands_a_request", "only over HTTP");
    if (!http && s.commands_a_second != 0) refuse("commands_a_second", "only over HTTP");
    if (http && s.commands == load_commands::record_email)
        refuse("commands", "record_email is not for HTTP, where it takes an address");
    if (s.kind == load_kind::feed) {
        if (s.commands_max > 0 && s.in_flight != 1)
            refuse("commands_max", "a number of events is for one reader of the feed");
        return;
    }
    const auto in_flight = std::int64_t{s.in_flight} * s.commands_a_request;
    const bool in_order = s.kind == load_kind::processor || in_flight == 1;
    const bool needs_order = s.commands == load_commands::toggle || s.commands_max > 0;
    if (!in_order && needs_order && s.members < 4 * in_flight)
        refuse("members", "four times as many as commands in flight, since a member's next command "
                          "depends on the last");
}

} // namespace

json::value to_json(const load_spec& spec) {
    json::object fields;
    each_field_of_spec(
        spec, [&](std::string_view name, const auto& value) { fields[name] = written(value); });
    return fields;
}

json::value to_json(const load_report& report) {
    json::object fields;
    each_field_of_report(
        report, [&](std::string_view name, const auto& value) { fields[name] = written(value); });
    return fields;
}

load_spec load_spec_from(const json::value& json) {
    load_spec spec;
    read_fields(object_in(json, "load_spec"), absent::is_default,
                [&](auto&& visit) { each_field_of_spec(spec, visit); });
    require_key_prefix(spec.key_prefix);
    require_ranges(spec);
    require_that_fields_agree(spec);
    return spec;
}

load_report load_report_from(const json::value& json) {
    load_report report;
    read_fields(object_in(json, "load_report"), absent::is_an_error,
                [&](auto&& visit) { each_field_of_report(report, visit); });
    return report;
}

} // namespace datadrop::processor::trials::bench
