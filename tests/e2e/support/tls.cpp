#include "tests/e2e/support/tls.hpp"

#include <cstdlib>
#include <mutex>
#include <set>

namespace datadrop::test {
namespace {

struct port_book {
    std::mutex mutex;
    std::set<port_number> ports;
};

port_book& the_ports() {
    static port_book book;
    return book;
}

} // namespace

bool all_in_tls() { return std::getenv("DATADROP_TLS") != nullptr; }

const authority& the_authority() {
    static const authority all;
    return all;
}

tls_port::tls_port(port_number port) : port_(port) {
    const std::scoped_lock lock(the_ports().mutex);
    the_ports().ports.insert(port);
}

tls_port::~tls_port() {
    const std::scoped_lock lock(the_ports().mutex);
    the_ports().ports.erase(port_);
}

bool speaks_tls(port_number port) {
    const std::scoped_lock lock(the_ports().mutex);
    return the_ports().ports.contains(port);
}

} // namespace datadrop::test
