#include "eventstore/postgres/driver/copy_protocol.hpp"

#include "eventstore/postgres/driver/libpq_statement.hpp"
#include "eventstore/postgres/driver/session.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace datadrop::eventstore::postgres {
namespace {

/// libpq takes an int's worth at once, and holds in memory what the socket does not take yet.
constexpr std::size_t chunk_bytes_max = 1 << 20;

void start_copy(PGconn* connection, const std::string& sql, ExecStatusType wanted) {
    const held_result result(PQexec(connection, sql.c_str()));
    if (PQresultStatus(result.get()) != wanted) fail(connection, result.get());
}

/// A refusal may come in the midst of the rows, and is told here.
void end_copy(PGconn* connection) {
    held_result last(PQgetResult(connection));
    while (held_result next{PQgetResult(connection)})
        last = std::move(next);
    if (PQresultStatus(last.get()) != PGRES_COMMAND_OK) fail(connection, last.get());
}

/// What the server sends, message by message.
class messages {
  public:
    explicit messages(PGconn* connection) : connection_(connection) {}

    /// Lasts until the next; nothing at the end.
    std::optional<std::span<const char>> next() {
        // -1 at the end, whose success end_copy is told; -2 for a connection that failed.
        char* bytes = nullptr;
        const int size = PQgetCopyData(connection_, &bytes, 0);
        last_.reset(bytes);
        if (size == -2) fail(connection_, nullptr);
        if (size < 0) return std::nullopt;
        return std::span<const char>(bytes, static_cast<std::size_t>(size));
    }

    void pass_over() {
        while (next()) {
        }
    }

  private:
    struct free_message {
        void operator()(char* bytes) const { PQfreemem(bytes); }
    };
    PGconn* connection_;
    std::unique_ptr<char, free_message> last_{};
};

/// The server sends whole rows, the header in front of the first.
void hand_over(messages& from, const std::function<void(copied_row&)>& each) {
    bool is_first = true;
    while (auto rest = from.next()) {
        if (std::exchange(is_first, false)) rest = rest->subspan(copy_header_size(*rest));
        while (!rest->empty()) {
            auto row = row_at(*rest);
            if (!row) break;
            each(*row);
            rest = row->rest();
        }
    }
}

} // namespace

void copy_out(PGconn* connection, const std::string& sql,
              const std::function<void(copied_row&)>& each) {
    start_copy(connection, sql, PGRES_COPY_OUT);
    messages sent(connection);
    try {
        hand_over(sent, each);
    } catch (const connection_lost&) {
        throw; // nothing is left to pass over
    } catch (...) {
        // The reader gave up; the server has not, and answers nothing else before it is through.
        sent.pass_over();
        end_copy(connection);
        throw;
    }
    end_copy(connection);
}

void copy_in(PGconn* connection, const std::string& sql, const std::string& bytes) {
    start_copy(connection, sql, PGRES_COPY_IN);
    for (std::size_t at = 0; at < bytes.size(); at += chunk_bytes_max) {
        const auto size = std::min(chunk_bytes_max, bytes.size() - at);
        if (PQputCopyData(connection, bytes.data() + at, static_cast<int>(size)) != 1)
            fail(connection, nullptr);
    }
    if (PQputCopyEnd(connection, nullptr) != 1) fail(connection, nullptr);
    end_copy(connection);
}

} // namespace datadrop::eventstore::postgres
