#pragma once
// Appends over a log's connection that are not waited for: one is sent behind the other, and the
// log's owner looks for the answers when the connection's socket can be read. So the database has
// the next one before it has answered the last.
//
// While any is under way nothing else of the log may be called. One thread at a time.

#include "eventstore/answers.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace datadrop::eventstore {

class append_pipe {
  public:
    virtual ~append_pipe() = default;

    /// What came of an append; without a result the log was unavailable, and `why` says how.
    struct outcome {
        std::optional<append_result> result{};
        std::string why{};
    };

    /// There is a connection, and all that is under way over it was sent here.
    virtual bool is_open() const = 0;
    /// Of the connection, while the pipe is open.
    virtual int socket() const = 0;

    /// As log::append, without a wait. No chain is a redrive; they stay in their place until the
    /// answer is taken.
    virtual void send(partition_number partition, std::optional<expectation> expected,
                      std::span<const chain> chains) = 0;
    /// Something waits until the socket can be written to.
    virtual bool has_unsent() const = 0;

    /// Sends what can be sent now, and gives the answers that have come, in the order of what they
    /// answer. Does not block. The pipe is not open any more when the connection was lost.
    virtual std::vector<outcome> take_answers() = 0;

    /// What became of all that was under way over a connection that was lost, in order. Blocks, as
    /// log::append does.
    virtual std::vector<outcome> settle() = 0;
};

} // namespace datadrop::eventstore
