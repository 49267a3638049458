#include "eventstore/postgres/driver/libpq_statement.hpp"

#include "eventstore/postgres/driver/connecting.hpp"

#include <utility>
#include <vector>

namespace datadrop::eventstore::postgres {
namespace {

/// Parameters as libpq takes them: a column each.
class parameter_columns {
  public:
    // The texts are the caller's and outlive the object; only what is made here is kept.
    parameter_columns(const params& values, const type_numbers& types) {
        const auto& texts = values.values();
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const auto found = values.binary().find(i);
            if (found == values.binary().end())
                add(texts[i]);
            else
                add_binary(found->second.bytes(types(found->second.type())));
        }
    }

    PGresult* execute(PGconn* connection, const std::string& name) const {
        return PQexecPrepared(connection, name.c_str(), static_cast<int>(values_.size()),
                              values_.data(), lengths_.data(), formats_.data(), text_format);
    }
    bool send(PGconn* connection, const std::string& name) const {
        return PQsendQueryPrepared(connection, name.c_str(), static_cast<int>(values_.size()),
                                   values_.data(), lengths_.data(), formats_.data(),
                                   text_format) != 0;
    }

  private:
    static constexpr int text_format = 0;
    static constexpr int binary_format = 1;

    void add(const std::optional<std::string>& text) {
        add(text ? text->c_str() : nullptr, 0, text_format);
    }
    void add_binary(std::string bytes) {
        // Behind a pointer, so that it stays where it is while more come.
        kept_.push_back(std::make_unique<std::string>(std::move(bytes)));
        add(kept_.back()->data(), static_cast<int>(kept_.back()->size()), binary_format);
    }

    void add(const char* value, int length, int format) {
        values_.push_back(value);
        lengths_.push_back(length);
        formats_.push_back(format);
    }

    std::vector<const char*> values_;
    std::vector<int> lengths_;
    std::vector<int> formats_;
    std::vector<std::unique_ptr<std::string>> kept_;
};

/// The texts of a result of libpq.
class libpq_texts final : public rows::texts {
  public:
    explicit libpq_texts(held_result result) : result_(std::move(result)) {}

    std::size_t size() const override { return static_cast<std::size_t>(PQntuples(result_.get())); }
    std::optional<std::string_view> at(std::size_t row, int column) const override {
        const int line = static_cast<int>(row);
        if (PQgetisnull(result_.get(), line, column) != 0) return std::nullopt;
        return std::string_view(PQgetvalue(result_.get(), line, column),
                                static_cast<std::size_t>(PQgetlength(result_.get(), line, column)));
    }

  private:
    held_result result_;
};

} // namespace

/// Class 08 (connection exception), 57P01 … 57P05 (shutdown, crash, idle session), 25P03 (idle in
/// transaction) and 25P04 (a transaction that takes too long).
bool means_lost(std::string_view sqlstate) {
    return sqlstate.starts_with("08") || sqlstate.starts_with("57P") || sqlstate == "25P03" ||
           sqlstate == "25P04";
}

void fail(PGconn* connection, const PGresult* result) {
    // Without letters the server did not say it: libpq met a connection that was gone. And a
    // refusal may be the last that was heard of one.
    auto what = last_words(connection);
    // Behind another statement's answer the connection has forgotten.
    if (what.empty() && result != nullptr) what = on_one_line(PQresultErrorMessage(result));
    const char* letters =
        result != nullptr ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
    if (letters == nullptr || means_lost(letters) || PQstatus(connection) != CONNECTION_OK)
        throw connection_lost(what);
    throw statement_refused(what, letters);
}

held_result succeeded(PGconn* connection, PGresult* given) {
    held_result result(given);
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail(connection, result.get());
    return result;
}

void prepare_statement(PGconn* connection, const std::string& name, const std::string& sql) {
    succeeded(connection, PQprepare(connection, name.c_str(), sql.c_str(), 0, nullptr));
}

held_result execute_statement(PGconn* connection, const std::string& name, const params& values,
                              const type_numbers& types) {
    return succeeded(connection, parameter_columns(values, types).execute(connection, name));
}

void send_statement(PGconn* connection, const std::string& name, const params& values,
                    const type_numbers& types) {
    if (!parameter_columns(values, types).send(connection, name)) fail(connection, nullptr);
}

std::unique_ptr<const rows::texts> texts_of(held_result answer) {
    return std::make_unique<libpq_texts>(std::move(answer));
}

} // namespace datadrop::eventstore::postgres
