#include "tests/support/certificates.hpp"

#include <fmt/format.h>

#include <cstdlib>
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
    openssl(folder(),
            fmt::format("x509 -req -copy_extensions copy -in {} -CA {} -CAkey {} "
                        "-CAcreateserial -days {} -out {}",
                        request, certificate().string(), (folder() / "authority.key").string(),
                        of.days, pair.certificate.string()));
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
