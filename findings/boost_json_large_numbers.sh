#!/usr/bin/env bash
# JSON's numbers have no bounds, and a reader may make of one that it cannot hold what it likes: mostly
# an infinity, or an error. Boost.JSON 1.81 makes an infinity of 1e309 without an error, and writes it
# back as `Infinity`, which is no JSON: a value that was read and handed on makes a document that other
# readers, and it itself, refuse. Nought with a long exponent, which is nought, is an error.
# Expected: what was read from valid JSON is written as valid JSON. So a number that is not one of the
# whole numbers that are asked for is refused where it is read, and never handed on.
#
# Needs g++ and Debian 12's package sources. Fails when the behaviour is another.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"

apt-get download -qq libboost1.81-dev=1.81.0-5+deb12u1 2>/dev/null
dpkg -x libboost1.81-dev_*.deb root
cat >try.cpp <<'END'
#include <boost/json/src.hpp>
#include <iostream>

std::string again(const char* text) {
    boost::system::error_code failed;
    const auto value = boost::json::parse(text, failed);
    return failed ? failed.message() : boost::json::serialize(value);
}
int main() {
    for (const auto* text : {"1e308", "1e309", "0e99999999999"})
        std::cout << text << " read and written: " << again(text) << '\n';
    std::cout << "that read again: " << again(again("1e309").c_str()) << '\n';
}
END
g++ -std=c++20 -I root/usr/include try.cpp -o try
seen=$(./try)
sed -n 's/#define BOOST_LIB_VERSION \(.*\)/Boost \1/p' root/usr/include/boost/version.hpp
echo "$seen"
[ "$seen" = "1e308 read and written: 1E308
1e309 read and written: Infinity
0e99999999999 read and written: exponent overflow
that read again: syntax error" ] || { echo "the behaviour is another now" >&2; exit 1; }
