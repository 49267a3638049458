#include "tests/support/certificates.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace datadrop::test {
namespace fs = std::filesystem;
namespace {

constexpr auto new_key = "-nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256";

/// The names of our files need no quotes.
void openssl(const fs::path& folder, const std::string& words) {
    const auto log = (folder / "openssl.log").string();
    if (std::system(fmt::format("openssl {} >{} 2>&1 </dev/null", words, log).c_str()) != 0)
        throw std::runtime_error("`openssl " + words + "` failed: see ./dev's packages");
}

/// As openssl's own authority does it, which alone can be told when a certificate ends whatever the
/// clock says, in each version.
void sign_with_past_end(const fs::path& folder, const std::string& request,
                        const std::string& certificate) {
    std::ofstream(folder / "past.index").flush();
    std::ofstream(folder / "past.cnf")
        << "[ca]\ndefault_ca = past\n[past]\ndatabase = " << (folder / "past.index").string()
        << "\nnew_certs_dir = " << folder.string()
        << "\nrand_serial = yes\ndefault_md = sha256\npolicy = names\ncopy_extensions = copy\n"
           "[names]\ncommonName = supplied\n";
    openssl(folder,
            fmt::format("ca -batch -notext -config {} -cert {} -keyfile {} "
                        "-startdate 20200101000000Z -enddate 20200102000000Z -in {} -out {}",
                        (folder / "past.cnf").string(), (folder / "authority.pem").string(),
                        (folder / "authority.key").string(), request, certificate));
}

void sign(const fs::path& folder, const std::string& request, const std::string& certificate,
          int days) {
    openssl(folder, fmt::format("x509 -req -copy_extensions copy -in {} -CA {} -CAkey {} "
                                "-CAcreateserial -days {} -out {}",
                                request, (folder / "authority.pem").string(),
                                (folder / "authority.key").string(), days, certificate));
}

} // namespace

authority::authority() {
    openssl(folder(),
            fmt::format("req -x509 {} -days 3 -subj /CN=authority -keyout {} -out {}", new_key,
                        (folder() / "authority.key").string(), certificate().string()));
}

certificate_pair authority::issue(const std::string& name, const terms& of) const {
    const certificate_pair pair{folder() / (name + ".pem"), folder() / (name + ".key")};
    const auto request = (folder() / (name + ".csr")).string();
    openssl(folder(), fmt::format("req -new {} -subj /CN={} -addext "
                                  "subjectAltName={} -keyout {} -out {}",
                                  new_key, name, of.hosts, pair.key.string(), request));
    if (of.days)
        sign(folder(), request, pair.certificate.string(), *of.days);
    else
        sign_with_past_end(folder(), request, pair.certificate.string());
    return pair;
}

fs::path authority::encrypted(const certificate_pair& pair) const {
    auto file = pair.key;
    file += ".encrypted";
    openssl(folder(), fmt::format("pkey -in {} -aes256 -passout pass:secret -out {}",
                                  pair.key.string(), file.string()));
    return file;
}

void renew(const certificate_pair& old, const certificate_pair& by) {
    fs::copy_file(by.certificate, old.certificate, fs::copy_options::overwrite_existing);
    fs::copy_file(by.key, old.key, fs::copy_options::overwrite_existing);
}

} // namespace datadrop::test
