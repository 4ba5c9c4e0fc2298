/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * peer-socket.c: see peer-socket.h.
 */
#include "peer-socket.h"

#include <arpa/inet.h>
#include <sys/socket.h>

int
peer_find_socket (guint16 port)
{
    for (int fd = 3; fd < 1024; fd++) {
        union {
            struct sockaddr any;
            struct sockaddr_in in;
            struct sockaddr_storage storage;
        } address = {0};
        socklen_t bytes = sizeof address;
        int type = 0;
        socklen_t type_bytes = sizeof type;

        /* IPv6 has its port in the same place. */
        if (getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &type_bytes) == 0 && type == SOCK_DGRAM &&
            getsockname (fd, &address.any, &bytes) == 0 && ntohs (address.in.sin_port) == port)
            return fd;
    }
    return -1;
}
