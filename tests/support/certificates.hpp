#pragma once
// Certificates as an operator has them, in files, made by the program openssl: an authority of our
// own, and what it signs for this machine. They throw std::runtime_error when openssl refuses.
// One thread.

#include "tests/support/database.hpp"

#include <filesystem>
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

    /// Of "localhost" and 127.0.0.1; -1 day ended yesterday. `name` is that of the files.
    certificate_pair issue(const std::string& name, int days = 2) const;

    /// The same key behind a passphrase.
    std::filesystem::path encrypted(const certificate_pair& pair) const;

    const std::filesystem::path& folder() const { return folder_.path(); }

  private:
    temporary_folder folder_;
};

/// Puts the new pair in the place of the old one.
void renew(const certificate_pair& old, const certificate_pair& by);

} // namespace datadrop::test
