#pragma once
// What `serve` does for TLS: the certificate that the settings name, and a new one at SIGHUP, which
// is what renewing programs send. One thread.

#include "processor/cli/settings.hpp"
#include "processor/http/server_certificate.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>

namespace datadrop::processor::cli {

/// None when the settings name none. Throws `refused` for one that cannot be used.
std::unique_ptr<http::server_certificate> certificate_of(const settings& told);

/// Reads the files again at each SIGHUP, until the io_context ends. When they cannot be used that
/// is logged, and the certificate stays. Without one the signal does nothing, but for a server in
/// a terminal: with that it ends.
boost::asio::awaitable<void> reload_on_hangup(http::server_certificate* certificate);

} // namespace datadrop::processor::cli
