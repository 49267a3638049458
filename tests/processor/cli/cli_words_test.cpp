// Words that were mistyped, and what was meant.

#include "processor/cli/nearest.hpp"
#include "processor/cli/words.hpp"

#include <doctest/doctest.h>

namespace {

using namespace datadrop::processor::cli;

std::string meant(std::string_view written) {
    static constexpr std::string_view known[] = {"serve",       "submit", "member",
                                                 "dead-letter", "token",  "Join"};
    return std::string(nearest(written, known).value_or("nothing"));
}

/// A program of two commands, one with a command behind it.
std::string complaint(const std::vector<std::string>& line) {
    CLI::App program("", "tool");
    std::string text;
    bool yes = false;
    auto* serve = program.add_subcommand("serve");
    serve->add_option("--listen", text);
    serve->add_flag("--quiet", yes);
    auto* show = program.add_subcommand("member")->add_subcommand("show");
    show->add_option("WHO", text);
    program.add_subcommand("hidden")->group("");
    const auto said = unknown_word(program, line);
    return said.substr(0, said.find('\n'));
}

TEST_SUITE_BEGIN("cli words");

TEST_CASE("words: a slip or two are understood, another word is not") {
    CHECK(meant("memebr") == "member");
    CHECK(meant("sumbit") == "submit");
    CHECK(meant("Serve") == "serve");
    CHECK(meant("deadletter") == "dead-letter");
    CHECK(meant("dead_letters") == "dead-letter");
    CHECK(meant("Jion") == "Join");
    CHECK(meant("tok") == "nothing");
    CHECK(meant("fly") == "nothing");
    CHECK(meant("") == "nothing");
    CHECK(meant(std::string(100'000, 'x')) == "nothing");
    CHECK_FALSE(nearest("x", {}));
}

TEST_CASE("words: the first word that is none is named, wherever it stands") {
    CHECK(complaint({"srve"}) == "\"srve\" is no command of `tool`; did you mean \"serve\"?");
    CHECK(complaint({"memebr", "show", "5"}) ==
          "\"memebr\" is no command of `tool`; did you mean \"member\"?");
    CHECK(complaint({"member", "shwo", "5"}) ==
          "\"shwo\" is no command of `tool member`; did you mean \"show\"?");
    CHECK(complaint({"serve", "--listen", "--lsten", "--lsten", "x"}) ==
          "\"--lsten\" is no flag of `tool serve`; did you mean \"--listen\"?");
    CHECK(complaint({"serve", "--lsten=x"}) ==
          "\"--lsten\" is no flag of `tool serve`; did you mean \"--listen\"?");
    CHECK(complaint({"hiden"}) == "\"hiden\" is no command of `tool`");
    CHECK(complaint({"serve", "--quiet", "--listen=x"}).empty());
    CHECK(complaint({"member", "show", "5"}).empty());
    CHECK(complaint({"hidden"}).empty());
    CHECK(complaint({"--", "srve"}).empty());
}

TEST_SUITE_END();

} // namespace
