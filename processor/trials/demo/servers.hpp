#pragma once
// The demo's two servers on one database: the bot's and the API's door. One thread; calls block.

#include "processor/trials/children/server_process.hpp"
#include "processor/trials/demo/script.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace datadrop::processor::trials::demo {

class servers {
  public:
    /// Returns when both are ready. Each writes its log into the folder. Throws `refused` with the
    /// end of a log when one is not ready in time; `interrupted`.
    servers(const std::string& database, const std::filesystem::path& folder,
            const interruptions& signals);

    const cli::server_address& address(door d) const {
        return d == door::bot ? bot_.address() : api_.address();
    }

    /// Throws `refused` when one has ended by itself.
    void require_running();
    std::vector<const child*> processes() const { return {&bot_.process(), &api_.process()}; }

    /// Ends both. Throws `refused` when one does not end in time, or not with exit code 0.
    void stop();

  private:
    server_process bot_;
    server_process api_;
};

} // namespace datadrop::processor::trials::demo
