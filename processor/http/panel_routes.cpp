// GET / and /panel/…: the operators' panel, files made from processor/panel/ that the program
// carries with it. They hold nothing of anybody, so they need no token; what they show does.

#include "processor/http/kept_text.hpp"
#include "processor/http/panel_files.hpp"
#include "processor/http/routes.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace datadrop::processor::http {

namespace {

struct panel_file {
    std::string_view name; // below /panel/
    kept_text content;
};

const kept_text& page() {
    static const kept_text page{panel_files::index, "text/html; charset=utf-8"};
    return page;
}

const kept_text* find_file(std::string_view name) {
    static const std::array files{
        panel_file{"app.js", {panel_files::app, "text/javascript; charset=utf-8"}},
        panel_file{"style.css", {panel_files::style, "text/css; charset=utf-8"}},
        panel_file{"icon.svg", {panel_files::icon, "image/svg+xml"}},
        panel_file{"licences.txt", {panel_files::licences, "text/plain; charset=utf-8"}},
    };
    for (const auto& [known, content] : files)
        if (known == name) return &content;
    return nullptr;
}

/// The page shows texts of strangers beside an operator's token. Whatever one of them does, nothing
/// but these files runs, and nothing goes anywhere but here.
response guarded(response answer) {
    answer.set("Content-Security-Policy",
               "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
               "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
               "require-trusted-types-for 'script'; trusted-types 'none'");
    answer.set("X-Content-Type-Options", "nosniff");
    answer.set("Referrer-Policy", "no-referrer");
    return answer;
}

} // namespace

reply_later get_panel(const call& asked) { co_return guarded(page().answer(asked.message)); }

reply_later get_panel_file(const call& asked) {
    const auto* file = find_file(asked.arguments[0]);
    if (file == nullptr)
        co_return problem{problem_code::route_not_found, "the panel has no file of this name"};
    co_return guarded(file->answer(asked.message));
}

} // namespace datadrop::processor::http
