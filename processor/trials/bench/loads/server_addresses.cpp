#include "processor/trials/bench/loads/server_addresses.hpp"

#include "processor/cli/failures.hpp"

#include <string>

namespace datadrop::processor::trials::bench {

boost::asio::ip::tcp::resolver::results_type addresses_of(boost::asio::io_context& io,
                                                          const cli::server_address& server) {
    try {
        return boost::asio::ip::tcp::resolver(io).resolve(server.host, std::to_string(server.port));
    } catch (const boost::system::system_error& e) {
        throw cli::unreachable("the server " + to_text(server) + " cannot be found: " + e.what());
    }
}

} // namespace datadrop::processor::trials::bench
