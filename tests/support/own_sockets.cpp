#include "tests/support/own_sockets.hpp"

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

namespace datadrop::test {

std::set<int> own_sockets() {
    std::set<int> sockets;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        struct stat what{};
        const int number = std::stoi(entry.path().filename());
        if (fstat(number, &what) == 0 && S_ISSOCK(what.st_mode)) sockets.insert(number);
    }
    return sockets;
}

bool is_on_the_way(int socket) {
    int bytes = 0;
    return ioctl(socket, SIOCOUTQ, &bytes) == 0 && bytes > 0;
}

void cut(int socket) {
    if (shutdown(socket, SHUT_RDWR) != 0)
        throw std::system_error(errno, std::generic_category(), "no connection to cut");
}

} // namespace datadrop::test
