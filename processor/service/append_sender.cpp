#include "processor/service/append_sender.hpp"

#include "eventstore/chain.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace datadrop::processor {

using boost::asio::posix::stream_descriptor;
using std::chrono::steady_clock;

append_sender::append_sender(boost::asio::io_context& io,
                             boost::asio::any_io_executor writer_thread, call_meter& meter,
                             outage& troubles, events told)
    : io_(io), writer_thread_(std::move(writer_thread)), meter_(meter), troubles_(troubles),
      told_(std::move(told)) {}

bool append_sender::can_send(eventstore::log& log, const log_call& call) const {
    const auto* append = std::get_if<append_chains>(&call);
    const auto* pipe = log.pipe();
    return append != nullptr && pipe != nullptr && pipe->is_open() &&
           std::ranges::none_of(append->chains, eventstore::is_redrive);
}

void append_sender::send(eventstore::log& log, append_chains call) {
    pipe_ = log.pipe();
    const auto& kept =
        sent_.emplace_back(std::make_unique<log_call>(std::move(call)), steady_clock::now());
    const auto& append = std::get<append_chains>(*kept.call);
    if (!socket_) socket_.emplace(io_, pipe_->socket());
    pipe_->send(append.partition, append.expected, append.chains);
    watch();
}

void append_sender::let_go() {
    if (socket_) socket_->release(); // it is the connection's
    socket_.reset();
    reading_ = writing_ = false;
}

void append_sender::watch() {
    if (settling_) return;
    if (!pipe_->is_open()) return settle();
    if (!reading_ && !sent_.empty()) wait_to_read();
    if (!writing_ && pipe_->has_unsent()) wait_to_write();
}

void append_sender::wait_to_read() {
    reading_ = true;
    socket_->async_wait(stream_descriptor::wait_read, [this](boost::system::error_code cancelled) {
        if (cancelled) return; // perhaps with us
        reading_ = false;
        take_answers();
    });
}

void append_sender::wait_to_write() {
    writing_ = true;
    socket_->async_wait(stream_descriptor::wait_write, [this](boost::system::error_code cancelled) {
        if (cancelled) return;
        writing_ = false;
        take_answers();
    });
}

void append_sender::take_answers() {
    if (settling_ || sent_.empty()) return;
    for (auto& one : pipe_->take_answers())
        answer(std::move(one));
    watch();
}

/// The connection is lost: what was sent is in doubt.
void append_sender::settle() {
    settling_ = true;
    let_go();
    told_.lost();
    boost::asio::post(writer_thread_, [this] {
        auto answers = pipe_->settle();
        boost::asio::post(io_, [this, answers = std::move(answers)]() mutable {
            settling_ = false;
            for (auto& one : answers)
                answer(std::move(one));
        });
    });
}

void append_sender::answer(eventstore::append_pipe::outcome result) {
    const auto done = std::move(sent_.front());
    sent_.pop_front();
    meter_.add(call_kind::append, steady_clock::now() - done.at, !result.result);
    result.result ? troubles_.succeeded() : troubles_.failed(result.why);
    told_.answered(*done.call, chains_appended{std::get<append_chains>(*done.call).partition,
                                               std::move(result.result)});
}

} // namespace datadrop::processor
