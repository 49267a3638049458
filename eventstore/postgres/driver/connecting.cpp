#include "eventstore/postgres/driver/connecting.hpp"

#include "eventstore/postgres/driver/conninfo.hpp"
#include "eventstore/postgres/driver/libpq_statement.hpp"

#include <atomic>
#include <utility>

namespace datadrop::eventstore::postgres {
namespace {

/// The process has one log, and sessions of several threads write to it.
std::atomic<notice_sink> the_sink = nullptr;

std::string_view field_of(const PGresult* notice, int field) {
    const char* text = PQresultErrorField(notice, field);
    return text == nullptr ? std::string_view() : std::string_view(text);
}

void receive_notice(void*, const PGresult* notice) {
    const auto sink = the_sink.load();
    if (sink == nullptr) return;
    std::string text(field_of(notice, PG_DIAG_MESSAGE_PRIMARY));
    for (const char more : {PG_DIAG_MESSAGE_DETAIL, PG_DIAG_MESSAGE_HINT}) // libpq names fields so
        if (const auto said = field_of(notice, more); !said.empty())
            text += "; " + std::string(said);
    sink(field_of(notice, PG_DIAG_SEVERITY_NONLOCALIZED), on_one_line(text));
}

bool is_on(const PGconn* connection, const char* setting) {
    const char* value = PQparameterStatus(connection, setting);
    return value != nullptr && std::string_view(value) == "on";
}

/// What the last server of the list told before libpq turned away from it.
[[noreturn]] void fail_to_connect(const PGconn* connection) {
    // A server that does not suit says so in its parameters, which outlive libpq's turning away.
    const auto why = last_words(connection);
    if (is_on(connection, "in_hot_standby"))
        throw takes_no_writes("the database takes no writes: the server is a standby (" + why +
                              ")");
    if (is_on(connection, "default_transaction_read_only"))
        throw takes_no_writes(
            "the database takes no writes: default_transaction_read_only is on (" + why +
            "); `datadrop doctor` says what lifts it: a RESET where it was set");
    throw connection_lost("the database cannot be reached: " + why);
}

} // namespace

void tell_notices_to(notice_sink sink) { the_sink = sink; }

/// A server may have something to say while one connects to it already, which libpq prints unless
/// it is told otherwise, and it can be told only once there is an object to tell. So the object is
/// made first, which has sent nothing yet, and its connection then begins anew.
held_connection connected(const session::options& o) {
    held_connection made(PQconnectStart(complete_conninfo(o).c_str()));
    if (!made) throw std::bad_alloc();
    hear_notices(made.get());
    PQreset(made.get());
    if (PQstatus(made.get()) != CONNECTION_OK) fail_to_connect(made.get());
    return made;
}

void hear_notices(PGconn* connection) { PQsetNoticeReceiver(connection, &receive_notice, nullptr); }

std::string last_words(const PGconn* connection) { return on_one_line(PQerrorMessage(connection)); }

std::string on_one_line(std::string_view text) {
    // A break becomes "; ", unless the next line only goes on with this one, indented.
    std::string line;
    bool begins_line = false;
    for (const char c : text) {
        if (c == '\n') {
            begins_line = true;
        } else if (c == '\t' || (c == ' ' && (line.empty() || line.back() == ' '))) {
            if (std::exchange(begins_line, false)) line += ' ';
        } else {
            if (std::exchange(begins_line, false) && !line.empty()) line += "; ";
            line += c;
        }
    }
    return line;
}

} // namespace datadrop::eventstore::postgres
