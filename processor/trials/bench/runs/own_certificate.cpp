#include "processor/trials/bench/runs/own_certificate.hpp"

#include "processor/cli/failures.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <string>

namespace datadrop::processor::trials::bench {
namespace {

using key_ptr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using certificate_ptr = std::unique_ptr<X509, decltype(&X509_free)>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)>;
using file_ptr = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

void require(bool done, const std::string& what) {
    if (!done) throw cli::refused("a certificate for the benchmark cannot be made: " + what);
}

certificate_ptr signed_by_itself(EVP_PKEY* key) {
    constexpr long day = 24L * 60 * 60;
    certificate_ptr made(X509_new(), X509_free);
    auto* const name = X509_get_subject_name(made.get());
    const auto* const words = reinterpret_cast<const unsigned char*>("datadrop bench");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, words, -1, -1, 0);
    const extension_ptr hosts(
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1"),
        X509_EXTENSION_free);
    const bool done = X509_set_version(made.get(), X509_VERSION_3) == 1 &&
                      ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1) == 1 &&
                      X509_gmtime_adj(X509_getm_notBefore(made.get()), 0) != nullptr &&
                      X509_gmtime_adj(X509_getm_notAfter(made.get()), day) != nullptr &&
                      X509_set_issuer_name(made.get(), name) == 1 &&
                      X509_set_pubkey(made.get(), key) == 1 && hosts &&
                      X509_add_ext(made.get(), hosts.get(), -1) == 1 &&
                      X509_sign(made.get(), key, EVP_sha256()) > 0;
    require(done, "OpenSSL refuses");
    return made;
}

file_ptr open(const std::filesystem::path& file) {
    file_ptr out(std::fopen(file.c_str(), "w"), std::fclose);
    require(out != nullptr, file.string() + " cannot be written");
    return out;
}

} // namespace

http::certificate_files make_certificate(const std::filesystem::path& place) {
    const http::certificate_files files{.certificate = place.string() + ".pem",
                                        .key = place.string() + ".key"};
    const key_ptr key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    require(key != nullptr, "OpenSSL makes no key");
    const auto certificate = signed_by_itself(key.get());
    const auto to_key = open(files.key);
    std::filesystem::permissions(files.key, std::filesystem::perms::owner_read |
                                                std::filesystem::perms::owner_write);
    const auto to_certificate = open(files.certificate);
    require(PEM_write_PrivateKey(to_key.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) ==
                    1 &&
                PEM_write_X509(to_certificate.get(), certificate.get()) == 1,
            "its files cannot be written");
    return files;
}

} // namespace datadrop::processor::trials::bench
