// A server in TLS, or behind a proxy with TLS in front and a path of its own, as commands that
// speak to a server meet it. The proxy is Debian's nginx.

#include "tests/e2e/support/proxies.hpp"
#include "tests/e2e/support/verbs.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <csignal>
#include <fstream>
#include <initializer_list>
#include <memory>
#include <stdexcept>

namespace datadrop::test {
namespace {

/// nginx in front of a server, under the path /datadrop: in TLS as "localhost", and plain.
class site {
  public:
    explicit site(const server& behind) {
        const auto file = (folder_.path() / "conf").string();
        std::ofstream(file) << configuration(behind);
        nginx_ = std::make_unique<process>(
            arguments{"-p", folder_.path().string(), "-e", "stderr", "-c", file}, environment{},
            "nginx");
        if (!eventually([this] { return answers(); }))
            throw std::runtime_error("nginx does not listen:\n" + nginx_->err());
    }

    std::string secure() const { return fmt::format("https://localhost:{}/datadrop", tls_port_); }
    std::string plain() const { return fmt::format("http://127.0.0.1:{}/datadrop/", port_); }

  private:
    std::string configuration(const server& behind) const {
        return fmt::format(R"(daemon off; master_process off; pid {0}/pid; error_log stderr;
events {{}}
http {{ access_log off; client_body_temp_path {0}/body; proxy_temp_path {0}/proxy;
  fastcgi_temp_path {0}/f; uwsgi_temp_path {0}/u; scgi_temp_path {0}/s;
  server {{ listen 127.0.0.1:{1} ssl; listen 127.0.0.1:{2};
    ssl_certificate {3}; ssl_certificate_key {4};
    location /datadrop/ {{ proxy_pass {5}/; proxy_http_version 1.1; }} }} }}
)",
                           folder_.path().string(), tls_port_, port_, pair_.certificate.string(),
                           pair_.key.string(), behind.url());
    }
    bool answers() const {
        try {
            return connection(port_).get("/datadrop/healthz").status == 200;
        } catch (const std::exception&) {
            return false;
        }
    }

    temporary_folder folder_;
    certificate_pair pair_ = the_authority().issue("site");
    port_number tls_port_ = free_port();
    port_number port_ = free_port();
    std::unique_ptr<process> nginx_;
};

/// A server of the shared world's database that shows this certificate, one for clients to trust or
/// not.
class showing {
  public:
    explicit showing(const certificate_pair& pair)
        : serving_({"serve", "--listen", fmt::format("127.0.0.1:{}", port_), "--tls-certificate",
                    pair.certificate, "--tls-key", pair.key},
                   shared_world().variables) {
        if (!serving_.wait_for_err("listening on")) throw std::runtime_error(serving_.err());
    }
    ~showing() {
        serving_.send(SIGTERM);
        serving_.wait();
    }
    std::string url(const std::string& host = "localhost") const {
        return fmt::format("https://{}:{}", host, port_);
    }

  private:
    port_number port_ = free_port();
    process serving_;
};

const arguments list{"dead-letter", "list"};

environment as_operator(const std::string& url) {
    return {{"DATADROP_SERVER", url}, {"DATADROP_TOKEN", shared_world().operator_one}};
}

/// `datadrop words… --ca-file AUTHORITY` as an operator, with what stands at the URL.
program_result run_at(const std::string& url, arguments words) {
    words.insert(words.end(), {"--ca-file", the_authority().certificate()});
    return run(words, {.input = {}, .variables = as_operator(url)});
}

void check_doubt(const program_result& said, std::initializer_list<std::string_view> parts) {
    INFO(said.err);
    CHECK(said.exit_code == 3);
    for (const auto part : parts)
        CHECK(contains(said.err, part));
}

} // namespace

TEST_CASE("cli: a server is reached by https and by a path in front") {
    const auto& at = shared_world();
    const site front(at.front);
    const showing direct(the_authority().issue("direct"));
    for (const auto& url : {front.secure(), front.plain(), direct.url(), direct.url("127.0.0.1")}) {
        CAPTURE(url);
        const auto who = somebody();
        const auto joined = run_at(url, words_of("submit --guild " + who.guild + " --user " +
                                                 who.user + " --command Join --format json"));
        CAPTURE(joined.err);
        CHECK(contains(joined.out, R"("outcome":"accepted")"));
        CHECK(joined.exit_code == 0);
        const auto told = run_at(url, {"member", "history", who.guild, who.user});
        CHECK(contains(told.out, "MemberJoined"));
    }
    CHECK(run_at(front.plain() + "elsewhere", list).exit_code == 1);
}

TEST_CASE("cli: events are followed by https") {
    const showing direct(the_authority().issue("followed"));
    auto bot = shared_world().front.connect(shared_world().bot);
    const auto who = somebody();
    check_accepted(submit(bot, command(who, "Join")));
    process tail({"events", "tail", "--after", "0", "--guild", who.guild, "--ca-file",
                  the_authority().certificate()},
                 as_operator(direct.url()));
    CHECK(tail.wait_for_out(who.user));
    check_accepted(submit(bot, command(who, "Leave")));
    CHECK(tail.wait_for_out("MemberLeft"));
}

TEST_CASE("cli: the authority may stand in a file, in a variable, or be OpenSSL's affair") {
    const showing direct(the_authority().issue("trusted"));
    const auto file = the_authority().folder() / "client.toml";
    std::ofstream(file) << "ca_file = " << the_authority().certificate();
    auto told = list;
    told.insert(told.end(), {"--config", file});
    CHECK(run(told, {.input = {}, .variables = as_operator(direct.url())}).exit_code == 0);
    for (const auto* variable : {"DATADROP_CA_FILE", "SSL_CERT_FILE"}) {
        auto variables = as_operator(direct.url());
        variables[variable] = the_authority().certificate();
        CHECK(run(list, {.input = {}, .variables = variables}).exit_code == 0);
    }
}

TEST_CASE("cli: a server's certificate is checked, and what is wrong with it is said") {
    const auto& by = the_authority();
    const showing trusted(by.issue("checked"));
    auto stranger = as_operator(trusted.url());
    stranger["SSL_CERT_FILE"] = by.issue("nobody").certificate;
    check_doubt(run(list, {.input = {}, .variables = stranger}), {"is not trusted", "--ca-file"});
    const showing elsewhere(by.issue("elsewhere", {.hosts = "DNS:example.org,IP:192.0.2.7"}));
    check_doubt(run_at(elsewhere.url(), list), {"example.org, 192.0.2.7", "--server"});
    check_doubt(run_at(elsewhere.url("127.0.0.1"), list), {"example.org, 192.0.2.7"});
    const showing ended(by.issue("past", {.days = std::nullopt}));
    check_doubt(run_at(ended.url(), list), {"it has ended"});
}

TEST_CASE("cli: a scheme that is not the server's is named") {
    const showing secure(the_authority().issue("secure"));
    const auto plain_asked = run_at("http" + secure.url().substr(5), list);
    CHECK(plain_asked.exit_code == 1);
    CHECK_MESSAGE(contains(plain_asked.err, "https://"), plain_asked.err);
    const auto& plain = shared_world().front.url();
    if (!all_in_tls())
        check_doubt(run_at("https" + plain.substr(4), list), {"speak TLS", "http://"});
}

TEST_CASE("cli: a file without an authority is a mistake of the command line") {
    for (const std::string file : {"/nowhere.pem", "/etc/passwd"}) {
        auto words = list;
        words.insert(words.end(), {"--ca-file", file});
        const auto said =
            run(words, {.input = {}, .variables = as_operator("https://127.0.0.1:1")});
        CHECK(said.exit_code == 2);
        CHECK_MESSAGE(contains(said.err, file), said.err);
    }
}

} // namespace datadrop::test
