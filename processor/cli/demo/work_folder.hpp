#pragma once
// Where the demo's processes write their logs and journals. One thread.

#include <filesystem>

namespace datadrop::processor::cli::demo {

/// A new folder below the system's one for temporary files, for this user's eyes only.
class work_folder {
  public:
    work_folder();  // throws std::system_error
    ~work_folder(); // removes it, unless it is to be kept
    work_folder(const work_folder&) = delete;
    work_folder& operator=(const work_folder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    void keep() { kept_ = true; }

  private:
    std::filesystem::path path_;
    bool kept_ = false;
};

} // namespace datadrop::processor::cli::demo
