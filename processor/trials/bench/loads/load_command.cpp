#include "processor/trials/bench/loads/load_command.hpp"

#include "processor/cli/database_access.hpp"
#include "processor/trials/bench/loads/load_run.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <csignal>
#include <iostream>

namespace datadrop::processor::cli::bench {
namespace {

load_spec read_spec() {
    std::string line;
    std::getline(std::cin, line);
    try {
        return load_spec_from(boost::json::parse(line));
    } catch (const std::exception& e) {
        throw usage_error(std::string("the load's first line cannot be read: ") + e.what());
    }
}

exit_code run(const settings& told) {
    std::signal(SIGPIPE, SIG_IGN); // a broken connection is an answer
    const auto spec = read_spec();
    load_place at{
        .service = told.service, .server = told.server.at, .token = told.token.value_or("")};
    at.service.database = database_of(told);
    const auto report = run_load(spec, at, std::cin, std::cout);
    std::cout << boost::json::serialize(to_json(report)) << std::endl;
    return exit_code::done;
}

} // namespace

void add_bench_load(CLI::App& bench, invocation& line) {
    auto& command = add_command(bench, line,
                                {.name = "load",
                                 .what = "One load of those that `bench` starts.",
                                 .example = "datadrop bench"},
                                works_on::a_service_of_its_own, run);
    constexpr auto unlisted = "";
    command.group(unlisted);
}

} // namespace datadrop::processor::cli::bench
