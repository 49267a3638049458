#include "tests/e2e/support/server.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace datadrop::test {
namespace {

using namespace std::chrono_literals;

/// What the servers wrote, for the report of a test case that fails.
class log_book {
  public:
    void opened(const server* s) { shown_[s] = 0; }
    void closed(const server* s) {
        ended_ += news_of(*s);
        shown_.erase(s);
    }
    void case_ended(bool failed) {
        auto text = std::exchange(ended_, {});
        for (auto& [s, shown] : shown_)
            text += news_of(*s);
        if (failed && !text.empty())
            std::fprintf(stderr, "---- the servers wrote:\n%s----\n", text.c_str());
    }

  private:
    std::string news_of(const server& s) {
        const auto log = s.log();
        return log.substr(std::exchange(shown_[&s], log.size()));
    }

    std::map<const server*, std::size_t> shown_; // how much of each log belongs to earlier cases
    std::string ended_;
};

log_book& the_log_book() {
    static log_book book;
    return book;
}

/// Shared servers end after the last test case, where nothing can be checked any more.
struct verdict {
    bool bad_end = false;
    ~verdict() {
        if (bad_end) std::_Exit(1);
    }
};

verdict& the_verdict() {
    static verdict all;
    return all;
}

struct log_printer : doctest::IReporter {
    explicit log_printer(const doctest::ContextOptions&) {}
    void report_query(const doctest::QueryData&) override {}
    void test_run_start() override {}
    void test_run_end(const doctest::TestRunStats&) override {}
    void test_case_start(const doctest::TestCaseData&) override {}
    void test_case_reenter(const doctest::TestCaseData&) override {}
    void test_case_end(const doctest::CurrentTestCaseStats& stats) override {
        the_log_book().case_ended(stats.failure_flags != 0);
    }
    void test_case_exception(const doctest::TestCaseException&) override {}
    void subcase_start(const doctest::SubcaseSignature&) override {}
    void subcase_end() override {}
    void log_assert(const doctest::AssertData&) override {}
    void log_message(const doctest::MessageData&) override {}
    void test_case_skipped(const doctest::TestCaseData&) override {}
};

REGISTER_LISTENER("log_printer", 1, log_printer);

environment migrated(const scratch_database& database, int partitions) {
    auto variables = on(database);
    const auto made =
        run({"migrate", "--partitions", std::to_string(partitions)}, {.variables = variables});
    if (made.exit_code != 0) throw std::runtime_error("no schema: " + made.err);
    return variables;
}

arguments serve_on_a_free_port(const arguments& more) {
    arguments all{"serve"};
    if (std::find(more.begin(), more.end(), "--listen") == more.end())
        all.insert(all.end(), {"--listen", "127.0.0.1:0"});
    all.insert(all.end(), more.begin(), more.end());
    if (!all_in_tls() || std::find(more.begin(), more.end(), "--tls-key") != more.end()) return all;
    static const auto everybodys = the_authority().issue("everybody");
    all.insert(all.end(),
               {"--tls-certificate", everybodys.certificate, "--tls-key", everybodys.key});
    return all;
}

std::unique_ptr<process> launched(arguments launcher, const arguments& serve,
                                  const environment& variables) {
    if (launcher.empty()) return std::make_unique<process>(serve, variables);
    const auto program = launcher.front();
    launcher.erase(launcher.begin());
    launcher.push_back(the_built_one);
    launcher.insert(launcher.end(), serve.begin(), serve.end());
    return std::make_unique<process>(launcher, variables, program);
}

/// Where it listens, as the log says: http://127.0.0.1:PORT or with https; throws with the log when
/// the server ends before.
std::string url_in_log(process& serving) {
    constexpr std::string_view before = "listening on ";
    if (!serving.wait_for_err(before, 90s))
        throw std::runtime_error("the server does not listen:\n" + serving.err());
    const auto begin = serving.err().find(before) + before.size();
    wait_until([&] { return serving.err().find('\n', begin) != std::string::npos; },
               "the end of a line that names a port");
    return serving.err().substr(begin, serving.err().find('\n', begin) - begin);
}

port_number port_of(const std::string& url) {
    return static_cast<port_number>(std::stoi(url.substr(url.rfind(':') + 1)));
}

bool is_ready(port_number port) {
    try {
        return connection(port).get("/readyz").status == 200;
    } catch (const std::exception&) {
        return false;
    }
}

} // namespace

server::server(const environment& variables, const arguments& more, const arguments& launcher)
    : process_(launched(launcher, serve_on_a_free_port(more), variables)),
      url_(url_in_log(*process_)), port_(port_of(url_)), answers_(port_) {
    if (url_.starts_with("https:")) secure_.emplace(port_);
    if (!eventually([this] { return is_ready(port_); }))
        throw std::runtime_error("the server does not get ready:\n" + log());
    the_log_book().opened(this);
}

server::~server() {
    if (!ended_ && stop() != 0) {
        std::fprintf(stderr, "a server did not end well:\n%s", log().c_str());
        the_verdict().bad_end = true;
    }
    the_log_book().closed(this);
}

/// /proc/net/tcp: "sl local:port remote:port state tx_queue:rx_queue …", numbers in hexadecimal.
std::size_t server::unsent_bytes() const {
    std::ifstream all("/proc/net/tcp");
    std::size_t bytes = 0;
    std::string line;
    std::getline(all, line);
    while (std::getline(all, line)) {
        std::istringstream columns(line);
        std::string number, local, remote, state, queues;
        columns >> number >> local >> remote >> state >> queues;
        if (std::stoul(local.substr(local.find(':') + 1), nullptr, 16) != port_) continue;
        bytes += std::stoul(queues.substr(0, queues.find(':')), nullptr, 16);
    }
    return bytes;
}

int server::stop() {
    process_->send(SIGTERM);
    ended_ = true;
    return process_->wait().value_or(-1);
}

void server::kill() {
    process_->send(SIGKILL);
    ended_ = true;
    process_->wait();
}

environment on(const scratch_database& database) { return {{"DATADROP_DATABASE", database.url()}}; }

std::string create_token(const environment& database, const std::string& name,
                         const std::string& source, const std::string& scopes) {
    const auto made =
        run({"token", "create", "--name", name, "--source", source, "--scopes", scopes},
            {.variables = database});
    if (made.exit_code != 0 || !made.out.ends_with('\n'))
        throw std::runtime_error("no token: " + made.err);
    return made.out.substr(0, made.out.size() - 1);
}

world::world(int partitions, const arguments& more)
    : database({.partitions = {}}), variables(migrated(database, partitions)),
      bot(create_token(variables, "bot", "bot", "submit,read")),
      api(create_token(variables, "api", "api", "submit,read")),
      operator_one(create_token(variables, "operator-one", "operator", "submit,read,operate")),
      operator_two(create_token(variables, "operator-two", "operator", "submit,read,operate")),
      reader(create_token(variables, "reader", "api", "read")),
      submitter(create_token(variables, "submitter", "bot", "submit")), front(variables, more) {}

program_result world::run_client(arguments args, const std::string& input) const {
    return run(args,
               {.input = input,
                .variables = {{"DATADROP_SERVER", front.url()}, {"DATADROP_TOKEN", operator_one}}});
}

program_result world::run_here(const arguments& args) const {
    return run(args, {.variables = variables});
}

world& shared_world() {
    // Made first, so that they outlive the servers.
    the_verdict();
    the_log_book();
    static world everybodys;
    return everybodys;
}

} // namespace datadrop::test
