#include "processor/trials/bench/loads/load_command.hpp"

#include "processor/cli/database_access.hpp"
#include "processor/trials/bench/loads/load_run.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <csignal>
#include <iostream>

namespace datadrop::processor::trials::bench {
namespace {

load_spec read_spec() {
    std::string line;
    std::getline(std::cin, line);
    try {
        return load_spec_from(boost::json::parse(line));
    } catch (const std::exception& e) {
        throw cli::usage_error(std::string("the load's first line cannot be read: ") + e.what());
    }
}

cli::exit_code run(const cli::settings& told) {
    std::signal(SIGPIPE, SIG_IGN); // a broken connection is an answer
    const auto spec = read_spec();
    load_place at{.service = told.service,
                  .server = told.server,
                  .token = told.token.value_or(""),
                  .ca_file = told.ca_file};
    at.service.database = cli::database_of(told);
    const auto report = run_load(spec, at, std::cin, std::cout);
    std::cout << boost::json::serialize(to_json(report)) << std::endl;
    return cli::exit_code::done;
}

} // namespace

void add_bench_load(CLI::App& bench, cli::invocation& line) {
    auto& command = cli::add_command(bench, line,
                                     {.name = "load",
                                      .what = "One load of those that `bench` starts.",
                                      .example = "datadrop bench"},
                                     cli::works_on::a_service_of_its_own, run);
    constexpr auto unlisted = "";
    command.group(unlisted);
}

} // namespace datadrop::processor::trials::bench
