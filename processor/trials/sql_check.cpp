#include "processor/trials/sql_check.hpp"

#include "processor/cli/failures.hpp"

#include <fstream>
#include <utility>

namespace datadrop::processor::trials {

namespace postgres = eventstore::postgres;

finding look(postgres::session& db, const check& c) {
    const auto found = db.run(c.statement);
    return {.what = c.what,
            .looked_at = found.number(0, 0),
            .differences = found.number(0, 1),
            .first = std::string(found.text(0, 2))};
}

void load_lines(postgres::session& db, const std::filesystem::path& file,
                std::string_view statement) {
    constexpr std::size_t lines_at_once = 1000;
    std::ifstream in(file);
    std::string line;
    for (bool more = true; more;) {
        postgres::array lines;
        for (std::size_t i = 0; i < lines_at_once && more; ++i) {
            more = static_cast<bool>(std::getline(in, line));
            if (more) lines.add(line);
        }
        db.run(statement, postgres::params{}.add_literal(std::move(lines).text()));
    }
    if (!in.eof()) throw cli::refused("cannot read " + file.string());
}

} // namespace datadrop::processor::trials
