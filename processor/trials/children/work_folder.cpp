#include "processor/trials/children/work_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace datadrop::processor::trials {

work_folder::work_folder(const std::string& purpose) {
    std::string name = std::filesystem::temp_directory_path() / ("datadrop-" + purpose + "-XXXXXX");
    if (mkdtemp(name.data()) == nullptr)
        throw std::system_error(errno, std::generic_category(), name);
    path_ = name;
}

work_folder::~work_folder() {
    std::error_code ignored; // what cannot be removed is the system's to clean up
    if (!kept_) std::filesystem::remove_all(path_, ignored);
}

} // namespace datadrop::processor::trials
