#include "eventstore/postgres/driver/session.hpp"

#include "domain/check.hpp"
#include "eventstore/postgres/driver/answer_limit.hpp"
#include "eventstore/postgres/driver/connecting.hpp"
#include "eventstore/postgres/driver/copy_protocol.hpp"
#include "eventstore/postgres/driver/libpq_statement.hpp"
#include "eventstore/sql/driver.hpp"

#include <libpq-fe.h>
#include <pqxx/pqxx>

#include <charconv>
#include <unordered_map>

namespace datadrop::eventstore::postgres {
namespace {

/// libpqxx 6.4 leaves the letters out of the errors that it has a class for.
std::string sqlstate_of(const pqxx::sql_error& e) {
    if (dynamic_cast<const pqxx::insufficient_privilege*>(&e) != nullptr) return "42501";
    return e.sqlstate();
}

#if PQXX_VERSION_MAJOR >= 7
/// libpqxx's connection and libpq's beneath it: libpqxx has no COPY in the binary format.
class connection_pair {
  public:
    explicit connection_pair(held_connection made)
        : raw_(made.get()), pqxx_(pqxx::connection::seize_raw_connection(made.release())) {}

    pqxx::connection& for_pqxx() { return pqxx_; }
    PGconn* raw() const { return raw_; }

  private:
    PGconn* raw_; // owned by pqxx_
    pqxx::connection pqxx_;
};
#else
/// Hands out one connection, which is there already, and no other after it.
struct given_policy : pqxx::connect_direct {
    explicit given_policy(held_connection made)
        : pqxx::connect_direct(""), raw(made.get()), fresh(std::move(made)) {}
    handle do_startconnect(handle known) override {
        if (known == nullptr && !fresh) throw pqxx::broken_connection("the connection was lost");
        return known != nullptr ? known : fresh.release();
    }
    handle raw;
    held_connection fresh;
};
struct policy_holder {
    given_policy policy;
};

/// libpqxx's connection and libpq's beneath it: libpqxx has no COPY in the binary format.
class connection_pair : policy_holder, pqxx::connection_base {
  public:
    explicit connection_pair(held_connection made)
        : policy_holder{given_policy(std::move(made))}, pqxx::connection_base(policy) {
        init();
    }
    ~connection_pair() { close(); }

    pqxx::connection_base& for_pqxx() { return *this; }
    PGconn* raw() const { return policy.raw; }
};
#endif

/// COPY has no parameters. Highest first: $1 is the beginning of $10.
std::string with_numbers(std::string_view sql, std::initializer_list<std::int64_t> numbers) {
    std::string text(sql);
    for (auto i = numbers.size(); i > 0; --i) {
        const auto name = "$" + std::to_string(i);
        const auto value = std::to_string(std::data(numbers)[i - 1]);
        for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at))
            text.replace(at, name.size(), value);
    }
    return text;
}

} // namespace

// ---- rows

struct rows::impl {
    pqxx::result result{};
    held_result raw{}; // of a statement with binary parameters, instead
};
rows::rows() = default;
rows::~rows() = default;
rows::rows(rows&&) noexcept = default;
rows& rows::operator=(rows&&) noexcept = default;

std::size_t rows::size() const {
    if (!impl_) return 0;
    return static_cast<std::size_t>(impl_->raw ? PQntuples(impl_->raw.get())
                                               : impl_->result.size());
}

namespace {

template <typename Result>
auto field_at(const Result& result, std::size_t row, int column) {
    return result[static_cast<pqxx::result::size_type>(row)]
                 [static_cast<pqxx::row::size_type>(column)];
}

constexpr std::string_view not_bytes = "no bytes in hexadecimal digits";

unexpected_value unexpected(int column, std::string_view what) {
    return unexpected_value("column " + std::to_string(column + 1) + " of an answer is " +
                            std::string(what));
}

} // namespace

bool rows::is_null(std::size_t row, int column) const {
    if (impl_->raw) return PQgetisnull(impl_->raw.get(), static_cast<int>(row), column) != 0;
    return field_at(impl_->result, row, column).is_null();
}
std::string_view rows::text(std::size_t row, int column) const {
    if (is_null(row, column)) throw unexpected(column, "a null where a value is");
    if (impl_->raw) {
        const auto size = PQgetlength(impl_->raw.get(), static_cast<int>(row), column);
        return {PQgetvalue(impl_->raw.get(), static_cast<int>(row), column),
                static_cast<std::size_t>(size)};
    }
    const auto field = field_at(impl_->result, row, column);
    return {field.c_str(), static_cast<std::size_t>(field.size())};
}
std::int64_t rows::number(std::size_t row, int column) const {
    const auto digits = text(row, column);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size())
        throw unexpected(column, "no number");
    return value;
}
bool rows::flag(std::size_t row, int column) const {
    const auto word = text(row, column);
    if (word != "t" && word != "f") throw unexpected(column, "no flag");
    return word == "t";
}
std::vector<std::uint8_t> rows::bytes(std::size_t row, int column) const {
    auto digits = text(row, column);
    if (!digits.starts_with("\\x") || digits.size() % 2 != 0) throw unexpected(column, not_bytes);
    digits.remove_prefix(2);
    std::vector<std::uint8_t> value(digits.size() / 2);
    for (std::size_t i = 0; i < value.size(); ++i) {
        const auto* pair = digits.data() + 2 * i;
        const auto [end, error] = std::from_chars(pair, pair + 2, value[i], 16);
        if (error != std::errc{} || end != pair + 2) throw unexpected(column, not_bytes);
    }
    return value;
}
std::optional<std::string> rows::maybe_text(std::size_t row, int column) const {
    if (is_null(row, column)) return std::nullopt;
    return std::string(text(row, column));
}
std::optional<std::int64_t> rows::maybe_number(std::size_t row, int column) const {
    if (is_null(row, column)) return std::nullopt;
    return number(row, column);
}

// ---- session

struct session::impl {
    explicit impl(options o) : settings(std::move(o)), connection(connected(settings)) {
        hear_notices(connection.raw()); // libpqxx may have put its own ear there
        transaction.emplace(connection.for_pqxx());
    }

    /// What libpqxx throws, as one of our two failures.
    template <typename Run>
    auto guarded(Run&& run) {
        std::optional<answer_limit> limit;
        if (settings.answer_timeout.count() > 0)
            limit.emplace(connection.for_pqxx().sock(), settings.answer_timeout);
        try {
            return run();
        } catch (const connection_lost& e) {
            fail_as_lost(limit, e.what());
        } catch (const pqxx::broken_connection& e) {
            fail_as_lost(limit, e.what());
        } catch (const pqxx::sql_error& e) {
            if (means_lost(e.sqlstate()) || !connection.for_pqxx().is_open())
                fail_as_lost(limit, e.what());
            throw statement_refused(on_one_line(e.what()), sqlstate_of(e));
        } catch (const pqxx::failure& e) {
            fail_as_lost(limit, e.what());
        }
    }

    /// What libpq heard last says more than libpqxx, which often knows only that it is gone.
    [[noreturn]] void fail_as_lost(const std::optional<answer_limit>& limit,
                                   const char* otherwise) {
        if (limit && limit->is_over())
            throw answer_overdue("the database was silent for " +
                                 std::to_string(settings.answer_timeout.count()) + " ms");
        const auto heard = last_words(connection.raw());
        throw connection_lost("the connection to the database was lost: " +
                              (heard.empty() ? on_one_line(otherwise) : heard));
    }

    const std::string& prepared(std::string_view sql) {
        if (const auto known = names.find(sql); known != names.end()) return known->second;
        auto name = "s" + std::to_string(names.size() + 1);
        connection.for_pqxx().prepare(name, std::string(sql));
        return names.emplace(std::string(sql), std::move(name)).first->second;
    }

    pqxx::result execute(const std::string& name, const params& values) {
#if PQXX_VERSION_MAJOR >= 7
        pqxx::params bound;
        for (const auto& value : values.values())
            value ? bound.append(std::string_view(*value)) : bound.append();
        return transaction->exec(pqxx::prepped{name}, bound);
#else
        std::vector<const char*> bound;
        for (const auto& value : values.values())
            bound.push_back(value ? value->c_str() : nullptr);
        return transaction->exec_prepared(name, pqxx::prepare::make_dynamic_params(bound));
#endif
    }

    /// libpqxx 6.4 cannot mix texts and bytes, so this goes to libpq itself.
    held_result execute_binary(std::string_view sql, const params& values) {
        auto& name = binary_names[std::string(sql)];
        if (name.empty()) {
            const auto fresh = "b" + std::to_string(binary_names.size());
            prepare_statement(connection.raw(), fresh, std::string(sql));
            name = fresh;
        }
        return execute_statement(connection.raw(), name, values,
                                 [this](const std::string& type) { return number_of(type); });
    }

    std::uint32_t number_of(const std::string& type) {
        auto& number = type_numbers[type];
        if (number == 0) {
            const auto answer = execute(prepared("SELECT $1::regtype::oid"), params{}.add(type));
            number = answer[0][0].as<std::uint32_t>();
        }
        return number;
    }

    struct text_hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };

    options settings;
    connection_pair connection;
    std::optional<pqxx::nontransaction> transaction; // BEGIN and COMMIT are statements of ours
    std::unordered_map<std::string, std::string, text_hash, std::equal_to<>> names;
    std::unordered_map<std::string, std::string> binary_names;
    std::unordered_map<std::string, std::uint32_t> type_numbers;
    int backend_pid = 0;
    std::string backend_start;
};

session::session(options o) {
    try {
        impl_ = std::make_unique<impl>(std::move(o));
    } catch (const pqxx::failure& e) {
        throw connection_lost("the connection to the database was lost: " + on_one_line(e.what()));
    }
    run_script(sql::driver::open_session);
    run(sql::driver::bound_session, params{}.add(impl_->settings.statement_timeout.count()));
    const auto self = run("SELECT pid, backend_start::text FROM pg_stat_activity"
                          " WHERE pid = pg_backend_pid()");
    impl_->backend_pid = static_cast<int>(self.number(0, 0));
    impl_->backend_start = self.text(0, 1);
}

session::~session() = default;

rows session::run(std::string_view sql, const params& values) {
    return impl_->guarded([&] {
        rows answer;
        answer.impl_ = std::make_unique<rows::impl>();
        if (values.binary().empty())
            answer.impl_->result = impl_->execute(impl_->prepared(sql), values);
        else
            answer.impl_->raw = impl_->execute_binary(sql, values);
        return answer;
    });
}

void session::run_script(std::string_view sql) {
    impl_->guarded([&] { impl_->transaction->exec(std::string(sql)); });
}

void session::copy_out(std::string_view sql, std::initializer_list<std::int64_t> numbers,
                       const std::function<void(copied_row&)>& each) {
    impl_->guarded(
        [&] { postgres::copy_out(impl_->connection.raw(), with_numbers(sql, numbers), each); });
}

void session::copy_in(std::string_view sql, copied_rows rows) {
    impl_->guarded([&] {
        postgres::copy_in(impl_->connection.raw(), std::string(sql), std::move(rows).bytes());
    });
}

void session::begin(isolation level) {
    domain::check(!in_transaction(), "no transaction is open");
    run_script(level == isolation::read_committed ? sql::driver::begin
                                                  : sql::driver::begin_reading);
}

void session::commit() { run_script("COMMIT"); }

void session::rollback() noexcept {
    if (!in_transaction()) return;
    try {
        run_script("ROLLBACK");
    } catch (const std::exception&) {
        // The connection is gone, and the server rolls back by itself.
    }
}

bool session::in_transaction() const {
    const auto status = PQtransactionStatus(impl_->connection.raw());
    return status != PQTRANS_IDLE && status != PQTRANS_UNKNOWN;
}
int session::backend_pid() const { return impl_->backend_pid; }
const std::string& session::backend_start() const { return impl_->backend_start; }
const session::options& session::settings() const { return impl_->settings; }

} // namespace datadrop::eventstore::postgres
