#include "eventstore/postgres/database.hpp"
#include "processor/cli/commands.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/version.hpp>
#include <fmt/format.h>
#include <openssl/crypto.h>

#include <iostream>
#include <string>

namespace datadrop::processor::cli {
namespace {

namespace postgres = eventstore::postgres;

std::string version_of_boost() {
    return fmt::format("{}.{}.{}", BOOST_VERSION / 100'000, BOOST_VERSION / 100 % 1'000,
                       BOOST_VERSION % 100);
}

/// Also what others brought along, since that differs from machine to machine.
boost::json::object versions() {
    const auto driver = postgres::versions_of_driver();
    return {{"version", DATADROP_VERSION},
            {"schema", postgres::schema_version()},
            {"postgresql_min", postgres::server_version_min},
            {"libpq", driver.libpq},
            {"libpqxx", driver.libpqxx},
            {"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)},
            {"boost", version_of_boost()},
            {"compiler", __VERSION__}};
}

std::string as_text(const boost::json::object& all) {
    const auto word = [&](std::string_view name) {
        const auto& text = all.at(name).as_string();
        return std::string_view(text.data(), text.size());
    };
    return fmt::format("datadrop {}\n"
                       "schema {}, on PostgreSQL {} or later\n"
                       "libpq {}, libpqxx {}, OpenSSL {}, Boost {}, compiler {}\n",
                       word("version"), all.at("schema").as_int64(),
                       all.at("postgresql_min").as_int64(), word("libpq"), word("libpqxx"),
                       word("openssl"), word("boost"), word("compiler"));
}

} // namespace

void add_version(CLI::App& program, invocation& line) {
    add_command(program, line,
                {.name = "version",
                 .what = "Print the program's version, and those of what it needs and uses.",
                 .example = "datadrop version",
                 .more = "The schema's version is that of the last migration: `datadrop migrate` "
                         "makes it, `datadrop serve` asks for it.\n"
                         "The first line alone is what --version prints."},
                works_on::nothing, [](const settings& told) {
                    const auto all = versions();
                    std::cout << (told.format == output_format::json
                                      ? boost::json::serialize(all) + "\n"
                                      : as_text(all));
                    return exit_code::done;
                });
}

} // namespace datadrop::processor::cli
