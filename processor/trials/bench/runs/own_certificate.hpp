#pragma once
// A certificate for a server of the benchmark: its own authority, of 127.0.0.1, for a day.

#include "processor/http/server_certificate.hpp"

#include <filesystem>

namespace datadrop::processor::trials::bench {

/// Writes `place`.pem and `place`.key, P-256. Throws `refused` when that cannot be.
http::certificate_files make_certificate(const std::filesystem::path& place);

} // namespace datadrop::processor::trials::bench
