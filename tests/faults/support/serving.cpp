#include "tests/faults/support/serving.hpp"

#include <csignal>
#include <stdexcept>
#include <utility>

namespace datadrop::test {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view words_before_port = "listening on http://127.0.0.1:";
constexpr auto unreachable = 3; // the exit code that says so

/// Nothing when the program has ended because its database is away.
std::optional<port_number> port_of(process& program) {
    if (!program.wait_for_err(words_before_port)) {
        if (program.wait(1s) == unreachable) return std::nullopt;
        throw std::runtime_error("the processor does not listen:\n" + program.err());
    }
    const auto number = program.err().find(words_before_port) + words_before_port.size();
    wait_until([&] { return program.err().find('\n', number) != std::string::npos; },
               "the end of a line that names a port");
    return static_cast<port_number>(std::stoi(program.err().substr(number)));
}

} // namespace

serving::serving(front_door& at, const std::string& database, arguments more)
    : front_(at), variables_{{"DATADROP_DATABASE", database}},
      arguments_{"serve", "--listen", "127.0.0.1:0"} {
    arguments_.insert(arguments_.end(), more.begin(), more.end());
    start();
}

serving::~serving() {
    if (!process_) return;
    process_->send(SIGCONT);
    process_->send(SIGTERM);
    process_->wait();
}

void serving::start() {
    const auto listens = [this] {
        earlier_ = log();
        process_ = std::make_unique<process>(arguments_, variables_);
        const auto port = port_of(*process_);
        port_ = port.value_or(0);
        return port.has_value();
    };
    if (!eventually(listens)) throw std::runtime_error("no database for the processor:\n" + log());
    front_.lead_to(port_);
}

void serving::stop() {
    process_->send(SIGTERM);
    if (const auto code = process_->wait(); code != 0)
        throw std::runtime_error("the processor did not end well:\n" + log());
}

void serving::kill() {
    process_->send(SIGKILL);
    process_->wait();
}

void serving::freeze() { process_->send(SIGSTOP); }
void serving::go_on() { process_->send(SIGCONT); }

double serving::metric(const std::string& name) const {
    const auto text = "\n" + connection(port_).get("/metrics").body;
    const auto at = text.find("\n" + name + " ");
    return at == std::string::npos ? 0 : std::stod(text.substr(at + name.size() + 2));
}

} // namespace datadrop::test
