#pragma once
// Where the children of the demo and of the benchmark write their logs and answers. One thread.

#include <filesystem>
#include <string>

namespace datadrop::processor::trials {

/// A new folder below the system's one for temporary files, for this user's eyes only.
class work_folder {
  public:
    /// Named after what it is for. Throws std::system_error.
    explicit work_folder(const std::string& purpose);
    ~work_folder(); // removes it, unless it is to be kept
    work_folder(const work_folder&) = delete;
    work_folder& operator=(const work_folder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    void keep() { kept_ = true; }

  private:
    std::filesystem::path path_;
    bool kept_ = false;
};

} // namespace datadrop::processor::trials
