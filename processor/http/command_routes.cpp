// POST /v1/commands: decode, submit what is a command, answer in the format of the request. An item
// keeps its place from the body to the answer, whatever becomes of it on the way: the decoders give
// one result an item, in order (json_decoder or flatbuffers_decoder, and validate for both); the
// service is given those that are commands in their places; each place is then told its outcome or
// why there is none.

#include "processor/http/answers.hpp"
#include "processor/http/flatbuffers_decoder.hpp"
#include "processor/http/json_decoder.hpp"
#include "processor/http/routes.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace datadrop::processor::http {

namespace {

enum class wire_format { json, flatbuffers };

wire_format format_of(const request& message) {
    return names_type(message[field::content_type], flatbuffers_type) ? wire_format::flatbuffers
                                                                      : wire_format::json;
}

checked<decoded_batch> decode(const call& asked, wire_format format) {
    const command_context context{asked.who.who, asked.server.behind.key()};
    return format == wire_format::json ? decode_json(asked.message.body(), context)
                                       : decode_flatbuffers(asked.message.body(), context);
}

/// Null where an item is no command.
std::vector<command_ptr> commands_in(const decoded_batch& batch) {
    std::vector<command_ptr> commands;
    commands.reserve(batch.items.size());
    for (const auto& item : batch.items)
        commands.push_back(item ? *item : nullptr);
    return commands;
}

batch_answer answer_to(const decoded_batch& batch, const std::vector<outcome>& outcomes) {
    batch_answer answer{batch.form, {}};
    answer.items.reserve(batch.items.size());
    for (std::size_t i = 0; i < batch.items.size(); ++i) {
        const auto& item = batch.items[i];
        answer.items.push_back(item ? item_answer(outcomes[i]) : item_answer(item.error()));
    }
    return answer;
}

response write(const batch_answer& answer, wire_format format) {
    const auto& first = answer.items.front();
    if (answer.form == batch_form::single && !first) return to_response(first.error().why);
    const auto code = status_of(answer);
    if (format == wire_format::json) return make_response(code, json_type, to_json_text(answer));
    return make_response(code, flatbuffers_type, to_flatbuffers(answer));
}

/// Nothing of it is done. Tells in how many whole seconds there is room for as much.
response refuse(const call& asked, const decoded_batch& batch,
                const std::vector<command_ptr>& commands, const command_rates::refusal& above,
                wire_format format) {
    const auto answer = answer_to(batch, refused_outcomes(commands, above.why));
    auto& counted = asked.server.counted;
    counted.count_commands(answer, {});
    const auto is_command = [](const item_answer& item) { return item.has_value(); };
    counted.count_above_rate(
        above.why, static_cast<std::size_t>(std::ranges::count_if(answer.items, is_command)));
    auto refused = write(answer, format);
    const auto whole = std::chrono::ceil<std::chrono::seconds>(above.wait).count();
    refused.set(field::retry_after, std::to_string(whole));
    return refused;
}

} // namespace

reply_later post_commands(const call& asked) {
    const auto began = std::chrono::steady_clock::now();
    const query parameters{asked.where, {}};
    if (parameters.first_problem()) co_return *parameters.first_problem();
    const auto format = format_of(asked.message);
    const auto batch = decode(asked, format);
    if (!batch) co_return batch.error();
    auto commands = commands_in(*batch);
    const auto above = asked.server.rates.admit(asked.who.who.name, commands, began);
    if (above) co_return refuse(asked, *batch, commands, *above, format);
    const auto outcomes = co_await asked.server.behind.submit(std::move(commands));
    const auto answer = answer_to(*batch, outcomes);
    asked.server.counted.count_commands(answer, std::chrono::steady_clock::now() - began);
    co_return write(answer, format);
}

} // namespace datadrop::processor::http
