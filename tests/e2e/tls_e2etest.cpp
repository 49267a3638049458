// A server with a certificate, as an operator has it: what it takes and says of files, who gets in,
// and a renewal that no client notices. Certificates are made by openssl, clients are curl and
// openssl's own.

#include "tests/e2e/support/proxies.hpp"
#include "tests/e2e/support/verbs.hpp"
#include "tests/support/text.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <atomic>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>
#include <vector>

namespace datadrop::test {
namespace {

namespace fs = std::filesystem;

arguments flags_of(const certificate_pair& pair) {
    return {"--tls-certificate", pair.certificate, "--tls-key", pair.key};
}

std::string trust() { return the_authority().certificate(); }

program_result curl(const arguments& words) {
    arguments all{"-sS", "--max-time", "20"};
    all.insert(all.end(), words.begin(), words.end());
    return run(all, {.input = {}, .variables = {}, .program = "curl"});
}

/// `openssl s_client` to the server, with nothing to say; both streams.
std::string shake_hands(const server& with, const arguments& more = {}) {
    // Without a form of its own each version shows names in another one.
    arguments all{"s_client", "-connect", fmt::format("127.0.0.1:{}", with.port()),
                  "-CAfile",  trust(),    "-nameopt",
                  "oneline"};
    all.insert(all.end(), more.begin(), more.end());
    const auto said = run(all, {.input = {}, .variables = {}, .program = "openssl"});
    return said.out + said.err;
}

/// `serve` with flags that it refuses.
program_result refused(const arguments& flags) {
    arguments all{"serve", "--listen", "127.0.0.1:0"};
    all.insert(all.end(), flags.begin(), flags.end());
    return run(all, {.input = {}, .variables = shared_world().variables});
}

void check_refused(const certificate_pair& pair, const std::string& what) {
    const auto said = refused(flags_of(pair));
    INFO(said.err);
    CHECK(said.exit_code == 1);
    CHECK(contains(said.err, what));
}

/// A server of the shared world's database with a pair of files of its own.
struct house {
    explicit house(const std::string& name, int days = 2)
        : pair(the_authority().issue(name, {.days = days})),
          front(shared_world().variables, flags_of(pair)) {}

    /// The new files are there, and what comes of them is in the log.
    void renew_by(const certificate_pair& other, const std::string& logged) {
        const auto before = front.log().size();
        renew(pair, other);
        front.program().send(SIGHUP);
        wait_until([&] { return contains(front.log().substr(before), logged); }, logged);
    }

    certificate_pair pair;
    server front;
};

/// Submits over a connection that is kept and over new ones, until told to end.
class busy_client {
  public:
    explicit busy_client(const server& to) : thread_([this, &to] { submit_on(to); }) {}
    void end() {
        ends_ = true;
        thread_.join();
    }
    int accepted() const { return accepted_; }
    int lost() const { return lost_; }

  private:
    void submit_on(const server& to) {
        auto kept = to.connect(shared_world().bot);
        while (!ends_) {
            submit_over(kept);
            auto fresh = to.connect(shared_world().bot);
            submit_over(fresh);
        }
    }
    void submit_over(connection& over) try {
        const auto outcome = submit(over, command(somebody(), "Join"));
        ++(outcome.at("outcome") == "accepted" ? accepted_ : lost_);
    } catch (const std::exception&) {
        ++lost_;
    }

    std::atomic<bool> ends_ = false;
    std::atomic<int> accepted_ = 0;
    std::atomic<int> lost_ = 0;
    std::jthread thread_;
};

} // namespace

TEST_CASE("tls: curl and openssl are served, in TLS 1.2 and 1.3 and no older one") {
    const house at("served");
    const auto got = curl({"--cacert", trust(), "--http2", "-w", "\n%{http_version}",
                           "https://localhost:" + std::to_string(at.front.port()) + "/healthz"});
    CHECK(got.out == "{\"status\":\"alive\"}\n1.1");
    const auto stranger = curl({at.front.url() + "/healthz"});
    CHECK(stranger.exit_code == 60);
    for (const auto* version : {"-tls1_2", "-tls1_3"})
        CHECK(contains(shake_hands(at.front, {version}), "Verify return code: 0 (ok)"));
    const auto old = shake_hands(at.front, {"-tls1_1", "-cipher", "ALL:@SECLEVEL=0"});
    CHECK(contains(old, "alert protocol version"));
    CHECK(contains(shake_hands(at.front, {"-alpn", "http/1.1"}), "ALPN protocol: http/1.1"));
    CHECK(contains(shake_hands(at.front, {"-alpn", "h2"}), "no application protocol"));
}

TEST_CASE("tls: a client that speaks HTTP as it is, is told what to write") {
    const house at("told");
    const auto told = curl({"http://127.0.0.1:" + std::to_string(at.front.port()) + "/healthz"});
    CHECK(contains(told.out, "https://"));
    CHECK(contains(told.out, "malformed_request"));
    CHECK(at.front.connect().get("/healthz").status == 200);
}

TEST_CASE("tls: serve says what is wrong with the files, and does not start") {
    const auto& by = the_authority();
    const auto one = by.issue("one");
    check_refused({by.folder() / "nowhere", one.key}, "No such file");
    check_refused({one.certificate, by.issue("two").key}, "is not that of the certificate");
    check_refused({one.certificate, by.encrypted(one)}, "openssl pkey -in");
    for (const auto* flag : {"--tls-certificate", "--tls-key"}) {
        const auto said = refused({flag, one.certificate});
        CHECK(said.exit_code == 2);
        CHECK_MESSAGE(contains(said.err, "needs its"), said.err);
    }
}

TEST_CASE("tls: the certificate and the key may stand in a file or in variables") {
    const auto pair = the_authority().issue("named");
    const auto file = the_authority().folder() / "datadrop.toml";
    std::ofstream(file) << "tls_certificate = " << pair.certificate << "\ntls_key = " << pair.key;
    CHECK(server(shared_world().variables, {"--config", file}).url().starts_with("https:"));
    auto variables = shared_world().variables;
    variables["DATADROP_TLS_CERTIFICATE"] = pair.certificate;
    variables["DATADROP_TLS_KEY"] = pair.key;
    CHECK(server(variables).url().starts_with("https:"));
}

TEST_CASE("tls: a certificate that ended, and a key that all can read, are told and used") {
    const auto pair = the_authority().issue("ended", {.days = std::nullopt});
    fs::permissions(pair.key, fs::perms::others_read, fs::perm_options::add);
    process serving({"serve", "--listen", "127.0.0.1:0", "--tls-certificate", pair.certificate,
                     "--tls-key", pair.key},
                    shared_world().variables);
    CHECK(serving.wait_for_err("listening on https://"));
    CHECK(contains(serving.err(), "clients that check it refuse this server"));
    CHECK(contains(serving.err(), "everybody on this machine can read the key"));
    serving.send(SIGTERM);
    CHECK(serving.wait() == 0);
}

TEST_CASE("tls: a renewal at SIGHUP loses no request; new connections see it, old ones go on") {
    house at("first");
    std::vector<std::unique_ptr<busy_client>> all;
    for (int i = 0; i < 4; ++i)
        all.push_back(std::make_unique<busy_client>(at.front));
    auto kept = at.front.connect(shared_world().bot);
    CHECK(contains(shake_hands(at.front), "CN = first"));
    for (const std::string name : {"second", "third", "fourth"}) {
        at.renew_by(the_authority().issue(name, {.days = 3}), "CN = " + name);
        CHECK(contains(shake_hands(at.front), "CN = " + name));
        const auto before = all.front()->accepted();
        wait_until([&] { return all.front()->accepted() > before + 10; }, "requests");
    }
    CHECK(kept.get("/healthz").status == 200);
    for (auto& one : all) {
        one->end();
        CHECK(one->lost() == 0);
        CHECK(one->accepted() > 30);
    }
}

TEST_CASE("tls: a renewal that cannot be used is told, and the old certificate stays") {
    house at("stays");
    const auto end = metric(at.front, "datadrop_tls_certificate_not_after_timestamp_seconds");
    CHECK(end > static_cast<double>(std::time(nullptr)));
    const auto& by = the_authority();
    at.renew_by({by.issue("strange", {.days = 3}).certificate, by.issue("another").key},
                "connections are shown the certificate of before");
    CHECK(contains(shake_hands(at.front), "CN = stays"));
    CHECK(metric(at.front, "datadrop_tls_certificate_not_after_timestamp_seconds") == end);
    CHECK(metric(shared_world().front, "datadrop_tls_certificate_not_after_timestamp_seconds") ==
          (all_in_tls() ? doctest::Approx(end).epsilon(0.01) : doctest::Approx(0)));
}

TEST_CASE("tls: without a certificate SIGHUP is no end") {
    server plain(shared_world().variables);
    plain.program().send(SIGHUP);
    CHECK(plain.program().wait_for_err(all_in_tls() ? "new connections are shown"
                                                    : "no certificate to read again"));
    CHECK(plain.connect().get("/healthz").status == 200);
}

TEST_CASE("tls: nginx and HAProxy reach a server that they check") {
    const house at("behind");
    for (const auto which : {proxy_kind::nginx, proxy_kind::haproxy}) {
        CAPTURE(static_cast<int>(which));
        const proxy between(which, at.front.port());
        feed live(between.port(), shared_world().reader, {.after = "latest"});
        connection bot(between.port(), shared_world().bot);
        check_accepted(submit(bot, command(somebody(), "Join")));
        CHECK(live.next());
    }
}

} // namespace datadrop::test
