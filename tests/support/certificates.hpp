#pragma once
// Certificates as an operator has them, in files, made by the program openssl: an authority of our
// own, and what it signs for this machine. They throw std::runtime_error when openssl refuses.
// One thread.

#include "tests/support/database.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace datadrop::test {

/// A pair of files. Both can be put in the place of another pair's, as a renewal does.
struct certificate_pair {
    std::filesystem::path certificate;
    std::filesystem::path key;
};

class authority {
  public:
    authority();

    /// What a client trusts.
    std::filesystem::path certificate() const { return folder_.path() / "authority.pem"; }

    struct terms {
        std::optional<int> days = 2; // nothing: it ended long ago
        std::string hosts = "DNS:localhost,IP:127.0.0.1";
    };
    /// `name` is that of the files, and the subject's.
    certificate_pair issue(const std::string& name) const { return issue(name, terms{}); }
    certificate_pair issue(const std::string& name, const terms& of) const;

    /// The same key behind a passphrase.
    std::filesystem::path encrypted(const certificate_pair& pair) const;

    const std::filesystem::path& folder() const { return folder_.path(); }

  private:
    temporary_folder folder_;
};

/// Puts the new pair in the place of the old one.
void renew(const certificate_pair& old, const certificate_pair& by);

} // namespace datadrop::test
