#pragma once
// The sockets of this process, so that a test can cut a connection of its own: the other side lives
// on and learns of it only when it reads or writes. One thread.

#include <set>

namespace datadrop::test {

std::set<int> own_sockets();

/// The one socket that `connect` opens.
template <typename Connect>
int socket_opened_by(Connect&& connect) {
    const auto before = own_sockets();
    connect();
    for (const int socket : own_sockets())
        if (!before.contains(socket)) return socket;
    return -1;
}

/// Whether the other side has not read all that was sent.
bool is_on_the_way(int socket);

void cut(int socket);

} // namespace datadrop::test
