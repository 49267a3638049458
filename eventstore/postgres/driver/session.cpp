#include "eventstore/postgres/driver/session.hpp"

#include "domain/check.hpp"
#include "eventstore/postgres/driver/answer_limit.hpp"
#include "eventstore/postgres/driver/connecting.hpp"
#include "eventstore/postgres/driver/copy_protocol.hpp"
#include "eventstore/postgres/driver/libpq_statement.hpp"
#include "eventstore/postgres/driver/pipeline.hpp"
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

/// Of own_backend.sql.
enum class backend_column { pid, started, role, login };

/// Who could not end a lost session could not say what became of its last write.
void require_sight_of_own(const rows& self) {
    if (!self.text(0, backend_column::started).empty()) return;
    const std::string role(self.text(0, backend_column::role));
    const std::string login(self.text(0, backend_column::login));
    throw statement_refused("the role " + role + ", which the setting role has made of " + login +
                                ", may neither see nor end its own sessions: RESET role where it "
                                "was set (ALTER ROLE, ALTER DATABASE), or GRANT " +
                                login + " TO " + role,
                            "42501");
}

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

/// The texts of a result of libpqxx.
class pqxx_texts final : public rows::texts {
  public:
    explicit pqxx_texts(const pqxx::result& result) : result_(result) {} // shares what it holds

    std::size_t size() const override { return static_cast<std::size_t>(result_.size()); }
    std::optional<std::string_view> at(std::size_t row, int column) const override {
        // The types of both are other ones in each of the two versions.
        const auto field = result_[static_cast<pqxx::result::size_type>(row)]
                                  [static_cast<pqxx::row::size_type>(column)];
        if (field.is_null()) return std::nullopt;
        return std::string_view(field.c_str(), static_cast<std::size_t>(field.size()));
    }

  private:
    pqxx::result result_;
};

} // namespace

driver_versions versions_of_driver() {
    const int libpq = PQlibVersion(); // 150014
    return {.libpq = std::to_string(libpq / 10'000) + "." + std::to_string(libpq % 10'000),
            .libpqxx = PQXX_VERSION};
}

// ---- session

struct session::impl {
    explicit impl(options o) : settings(std::move(o)), connection(connected(settings)) {
        hear_notices(connection.raw()); // libpqxx may have put its own ear there
        statements.emplace(connection.for_pqxx());
    }

    /// What libpqxx throws, as one of our two failures.
    template <typename Run>
    auto guarded(Run&& run) {
        // Around the call and not within: libpqxx may send and wait more than once in it.
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
            // The server may hang up with an error of its own; what it was doing is in doubt then.
            if (means_lost(e.sqlstate()) || !connection.for_pqxx().is_open())
                fail_as_lost(limit, e.what());
            throw statement_refused(on_one_line(e.what()), sqlstate_of(e));
        } catch (const pqxx::failure& e) {
            fail_as_lost(limit, e.what());
        }
    }

    [[noreturn]] void fail_as_overdue() {
        throw answer_overdue("the database was silent for " +
                             std::to_string(settings.answer_timeout.count()) + " ms");
    }

    /// What libpq heard last says more than libpqxx, which often knows only that it is gone.
    [[noreturn]] void fail_as_lost(const std::optional<answer_limit>& limit,
                                   const char* otherwise) {
        if (limit && limit->is_over()) fail_as_overdue();
        const auto heard = last_words(connection.raw());
        throw connection_lost("the connection to the database was lost: " +
                              (heard.empty() ? on_one_line(otherwise) : heard));
    }

    const std::string& prepared(std::string_view sql) {
        if (const auto known = names.find(sql); known != names.end()) return known->second;
        // Once a session: parsing a statement and planning it takes longer than most of them run.
        auto name = "s" + std::to_string(names.size() + 1);
        connection.for_pqxx().prepare(name, std::string(sql));
        return names.emplace(std::string(sql), std::move(name)).first->second;
    }

    pqxx::result execute(const std::string& name, const params& values) {
#if PQXX_VERSION_MAJOR >= 7
        pqxx::params bound;
        for (const auto& value : values.values())
            value ? bound.append(std::string_view(*value)) : bound.append();
        return statements->exec(pqxx::prepped{name}, bound);
#else
        std::vector<const char*> bound;
        for (const auto& value : values.values())
            bound.push_back(value ? value->c_str() : nullptr);
        return statements->exec_prepared(name, pqxx::prepare::make_dynamic_params(bound));
#endif
    }

    /// libpqxx 6.4 cannot mix texts and bytes, so this goes to libpq itself.
    held_result execute_binary(std::string_view sql, const params& values) {
        return execute_statement(connection.raw(), prepared_binary(sql), values, numbers);
    }

    const std::string& prepared_binary(std::string_view sql) {
        auto& name = binary_names[std::string(sql)];
        if (name.empty()) {
            const auto fresh = "b" + std::to_string(binary_names.size());
            prepare_statement(connection.raw(), fresh, std::string(sql));
            name = fresh; // only now: one that was refused is not known
        }
        return name;
    }

    /// Both may find that the connection is gone.
    template <typename Step>
    auto in_pipeline(Step&& step) {
        try {
            return step();
        } catch (const connection_lost& e) {
            if (sent.is_overdue()) fail_as_overdue();
            fail_as_lost(std::nullopt, e.what());
        }
    }

    rows answer(std::string_view sql, const params& values) {
        if (!values.binary().empty()) return rows(texts_of(execute_binary(sql, values)));
        return rows(std::make_unique<pqxx_texts>(execute(prepared(sql), values)));
    }

    /// A type of ours has another number in each database, and keeps it while the session lasts.
    std::uint32_t number_of(const std::string& type) {
        auto& number = known_numbers[type];
        if (number == 0) {
            const auto found = answer(sql::driver::number_of_type, params{}.add(type));
            number = static_cast<std::uint32_t>(found.number());
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
    std::optional<pqxx::nontransaction> statements; // BEGIN and COMMIT among them, which are ours
    std::unordered_map<std::string, std::string, text_hash, std::equal_to<>> names;
    std::unordered_map<std::string, std::string> binary_names;
    std::unordered_map<std::string, std::uint32_t> known_numbers;
    type_numbers numbers = [this](const std::string& type) { return number_of(type); };
    pipeline sent{connection.raw(), settings.answer_timeout};
    int backend_pid = 0;
    std::string backend_start;
};

session::session(options o) {
    try {
        impl_ = std::make_unique<impl>(std::move(o));
    } catch (const pqxx::failure& e) {
        throw connection_lost("the connection to the database was lost: " + on_one_line(e.what()));
    }
    // Before anything else, in the order of their need: what values look like, how long statements
    // may take, and what to end should the connection be lost.
    run_script(sql::driver::open_session);
    limit_statements(impl_->settings.statement_timeout);
    const auto self = run(sql::driver::own_backend);
    require_sight_of_own(self);
    impl_->backend_pid = static_cast<int>(self.number(0, backend_column::pid));
    impl_->backend_start = self.text(0, backend_column::started);
}

session::~session() = default;

rows session::run(std::string_view sql, const params& values) {
    return impl_->guarded([&] { return impl_->answer(sql, values); });
}

void session::prepare_to_send(std::string_view sql,
                              std::span<const std::string_view> record_types) {
    impl_->guarded([&] {
        impl_->prepared_binary(sql);
        for (const auto type : record_types)
            impl_->number_of(std::string(type));
    });
}

void session::send(std::string_view sql, const params& values) {
    impl_->in_pipeline(
        [&] { impl_->sent.send(impl_->prepared_binary(sql), values, impl_->numbers); });
}

bool session::has_sent() const { return !impl_->sent.empty(); }
bool session::has_unsent() const { return impl_->sent.has_unsent(); }
int session::socket() const { return PQsocket(impl_->connection.raw()); }

void session::advance() {
    impl_->in_pipeline([&] { impl_->sent.advance(); });
}

std::optional<rows> session::next_answer() {
    return impl_->in_pipeline([&]() -> std::optional<rows> {
        auto answer = impl_->sent.next();
        if (!answer) return std::nullopt;
        return rows(texts_of(std::move(*answer)));
    });
}

void session::run_script(std::string_view sql) {
    impl_->guarded([&] { impl_->statements->exec(std::string(sql)); });
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

void session::limit_statements(std::chrono::milliseconds time_max) {
    run(sql::driver::bound_session, params{}.add(time_max.count()));
}

void session::begin(isolation level) {
    domain::check(!in_transaction(), "no transaction is open");
    run_script(level == isolation::read_committed ? sql::driver::begin
                                                  : sql::driver::begin_reading);
}

void session::commit() { run_script("COMMIT"); }

void session::rollback() noexcept {
    // Also a transaction that failed is to be rolled back, and the session is usable after that.
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
