#include "processor/cli/end_memory.hpp"

#include <cstdlib>
#include <fstream>
#include <system_error>

namespace datadrop::processor::cli {
namespace fs = std::filesystem;

namespace {

/// Of 64 partitions, each with its check, and some more.
constexpr std::size_t cursor_bytes_max = 4'096;

std::optional<fs::path> state_folder() {
    const auto absolute = [](const char* path) { return path != nullptr && *path == '/'; };
    if (const char* state = std::getenv("XDG_STATE_HOME"); absolute(state)) return fs::path(state);
    if (const char* home = std::getenv("HOME"); absolute(home))
        return fs::path(home) / ".local/state";
    return std::nullopt;
}

} // namespace

std::optional<std::string> end_memory::recall() const {
    std::error_code none;
    if (!fs::exists(file_, none)) return std::nullopt;
    std::ifstream in(file_, std::ios::binary);
    std::string text(cursor_bytes_max, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad() || !in.eof()) throw unkept(file_.string() + " cannot be read");
    text.resize(static_cast<std::size_t>(in.gcount()));
    while (text.ends_with('\n'))
        text.pop_back();
    return text;
}

void end_memory::keep(const std::string& cursor) const {
    std::error_code failed;
    fs::create_directories(file_.parent_path(), failed); // if that fails, what follows does
    auto fresh = file_;
    fresh += ".new";
    std::ofstream out(fresh, std::ios::binary);
    if (!(out << cursor << '\n').flush()) throw unkept(fresh.string() + " cannot be written");
    fs::rename(fresh, file_, failed);
    if (failed) throw unkept(file_.string() + " cannot be written: " + failed.message());
}

std::string end_memory::how_to_forget() const {
    std::string quoted;
    for (const char c : file_.string())
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return "rm '" + quoted + "'";
}

std::optional<fs::path> end_memory::usual_file(const std::string& log) {
    const auto folder = state_folder();
    if (!folder) return std::nullopt;
    return *folder / "datadrop/ends" / log;
}

} // namespace datadrop::processor::cli
