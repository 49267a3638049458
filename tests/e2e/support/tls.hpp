#pragma once
// Which servers speak TLS, for whoever connects to them: those that were told a certificate, and in
// a run with DATADROP_TLS=1 all of them, so that test cases for plain HTTP hold for TLS as well.
// Certificates are of one authority, which every client of the tests trusts.
//
// Every thread, but for the authority: the main one.

#include "tests/e2e/support/http.hpp"
#include "tests/support/certificates.hpp"

namespace datadrop::test {

/// Whether every server of this run is to speak TLS.
bool all_in_tls();

const authority& the_authority();

/// From its making to its end, that port speaks TLS.
class tls_port {
  public:
    explicit tls_port(port_number port);
    ~tls_port();
    tls_port(const tls_port&) = delete;
    tls_port& operator=(const tls_port&) = delete;

  private:
    port_number port_;
};

bool speaks_tls(port_number port);

} // namespace datadrop::test
