// What TLS adds to connections: the handshake in the time and place of a silent one, an end that is
// told, a client that speaks HTTP as it is, and the certificate's files.

#include "tests/processor/http/http_house.hpp"
#include "tests/support/text.hpp"

using namespace datadrop::processor::http;
using namespace datadrop::test;

namespace {

using namespace std::chrono_literals;

/// What is said of files that cannot be used; "" when they can.
std::string complaint(const certificate_files& files) {
    try {
        const server_certificate read{files};
    } catch (const std::runtime_error& e) {
        return e.what();
    }
    return "";
}

constexpr std::chrono::seconds day = 24h;

} // namespace

TEST_SUITE("http_tls") {
    TEST_CASE("a connection has 10 s until its first request begins, the handshake among them") {
        one_session<tls_wire> one;
        const auto due = http_session::clock::now() + 10s;
        CHECK_FALSE(one.is_late_in(9s));
        CHECK(one.is_late_in(11s));
        one.begin();
        CHECK_FALSE(one.is_late_in(9s));
        CHECK(one.what->is_late(due));
    }

    TEST_CASE("one that is late with its handshake is closed") {
        one_session<tls_wire> one;
        SUBCASE("silent") {}
        SUBCASE("a piece of it") {
            one.other->write(std::string_view("\x16\x03\x01\x02\x00\x01", 6));
        }
        one.what->time_out();
        CHECK_EQ(one.answer(), "");
        CHECK_EQ(one.other->end(), boost::asio::error::eof);
    }

    TEST_CASE("one that does not shake hands makes room for others") {
        const house<tls_wire> full{{.ordinary = 2, .spare = 1}};
        auto silent = full.knock();
        auto first = full.enter_and_idle();
        auto second = full.enter_and_idle();
        CHECK_EQ(silent.read(), "");
        CHECK(first.is_open());
    }

    TEST_CASE("who speaks HTTP as it is, is told so and nothing else") {
        one_session<tls_wire> one;
        const auto head = one.ask(ask_health + ask_health);
        CHECK(head.starts_with("HTTP/1.1 400"));
        CHECK(contains(head, "Connection: close"));
        CHECK_EQ(one.answer(), "");
    }

    TEST_CASE("who speaks neither is left") {
        one_session<tls_wire> one;
        CHECK_EQ(one.ask("SSH-2.0-OpenSSH_9.2\r\n"), "");
    }

    TEST_CASE("the end of a connection is told, so that nobody takes it for one that was cut") {
        one_session<tls_wire> one;
        one.begin();
        SUBCASE("when the server stops") {
            CHECK(one.ask(ask_health).starts_with("HTTP/1.1 200")); // so it has shaken hands, too
            one.what->finish();
        }
        SUBCASE("when it was idle for too long") {
            CHECK(one.ask(ask_health).starts_with("HTTP/1.1 200"));
            one.what->time_out();
        }
        SUBCASE("after a refusal") { CHECK(one.ask("hello\r\n\r\n").starts_with("HTTP/1.1 400")); }
        CHECK_EQ(one.answer(), "");
        CHECK_EQ(one.other->end(), boost::asio::error::eof); // not stream_truncated
    }

    TEST_CASE("a request that ends before its end is refused when that was meant, and else left") {
        one_session<tls_wire> one;
        one.begin();
        one.receive(half_a_header);
        std::string told;
        SUBCASE("meant") {
            one.other->say_goodbye();
            told = "HTTP/1.1 400";
        }
        SUBCASE("cut") { one.other->end_writing(); }
        CHECK(one.answer().starts_with(told));
        CHECK_EQ(one.other->end().failed(), told.empty());
    }

    TEST_CASE("TLS 1.2 and 1.3 are spoken, 1.1 is not") {
        const house<tls_wire> open{{.ordinary = 2, .spare = 1}};
        const auto spoken = [&](int version) {
            client who = open.knock();
            return who.speaks(version);
        };
        CHECK(spoken(TLS1_3_VERSION));
        CHECK(spoken(TLS1_2_VERSION));
        CHECK_FALSE(spoken(TLS1_1_VERSION));
    }

    TEST_CASE("a certificate is read anew; one that cannot be used changes nothing") {
        const auto& by = the_authority();
        const auto pair = by.issue("renewed", {.days = 1});
        server_certificate certificate{{pair.certificate, pair.key}};
        const auto now = std::chrono::system_clock::now();
        CHECK(certificate.not_after() < now + day);
        renew(pair, by.issue("newer", {.days = 3}));
        certificate.reload();
        const auto end = certificate.not_after();
        CHECK(end > now + 2 * day);
        const auto* const context = &certificate.context();
        std::filesystem::copy_file(by.issue("another").key, pair.key,
                                   std::filesystem::copy_options::overwrite_existing);
        CHECK_THROWS_AS(certificate.reload(), std::runtime_error);
        CHECK_EQ(certificate.not_after(), end);
        CHECK_EQ(&certificate.context(), context);
    }

    TEST_CASE("one that has ended is shown nevertheless") {
        const auto old = the_authority().issue("old", {.days = std::nullopt});
        const server_certificate certificate{{old.certificate, old.key}};
        CHECK(certificate.not_after() < std::chrono::system_clock::now());
    }

    TEST_CASE("what is wrong with the files is said, and what to do") {
        const auto& by = the_authority();
        const auto one = by.issue("one");
        const auto two = by.issue("two");
        const auto nowhere = by.folder() / "nowhere";
        const auto check = [](const certificate_files& files, std::string_view file,
                              std::string_view what) {
            const auto said = complaint(files);
            INFO(said);
            CHECK(contains(said, file));
            CHECK(contains(said, what));
        };
        CHECK_EQ(complaint({one.certificate, one.key}), "");
        check({nowhere, one.key}, "nowhere", "certificate file");
        check({nowhere, one.key}, "nowhere", "No such file");
        check({one.certificate, nowhere}, "nowhere", "No such file");
        check({by.folder(), one.key}, by.folder().string(), "cannot be read");
        check({one.key, one.key}, "one.key", "BEGIN CERTIFICATE");
        check({one.certificate, one.certificate}, "one.pem", "BEGIN PRIVATE KEY");
        check({one.certificate, two.key}, "two.key", "not that of the certificate");
        check({one.certificate, by.encrypted(one)}, "one.key.encrypted", "openssl pkey");
    }
}
