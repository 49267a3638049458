#pragma once
// Where a load's connections go. One thread; blocks.

#include "processor/cli/server_url.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace datadrop::processor::trials::bench {

/// Throws `unreachable` when there is no such host.
boost::asio::ip::tcp::resolver::results_type addresses_of(boost::asio::io_context& io,
                                                          const cli::server_address& server);

} // namespace datadrop::processor::trials::bench
