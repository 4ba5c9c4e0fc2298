/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * light-net.c: see light-net.h. Datagrams that the server sent in one burst come in one piece (UDP
 * generic receive offload), as many bursts in a call as have come since the last one.
 */
#include "light-net.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <gio/gio.h>
#include <tutti/clock.h>

#include "leg/rtp-session.h"

/* Bursts in a call, and calls in a turn: a key frame for somebody who was kept waiting. */
#define BATCH 16
#define CALLS_MAX 4
/* The largest that UDP carries. */
#define PIECE_BYTES 65536
/* What the kernel makes of it (net.core.rmem_max) is enough for two key frames. */
#define SOCKET_BYTES (1024 * 1024)

typedef union {
    struct cmsghdr head;
    guint8 room[CMSG_SPACE (sizeof (struct timespec)) + CMSG_SPACE (sizeof (int))];
} Control;

struct _LightNet {
    TuttiLoop *loop;
    TuttiCertificate *certificate;
    char address[INET_ADDRSTRLEN];
    /* The thread's. */
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    struct sockaddr_storage from[BATCH];
    Control controls[BATCH];
    guint8 data[BATCH][PIECE_BYTES + TUTTI_SRTP_TRAILER_BYTES];
};

/* What the kernel tells beside the bytes. */
typedef struct {
    gint64 time_us;
    gsize segment_bytes;
} Facts;

/* --- Receiving. Role: net. --- */

/* From the kernel's clock, which may be set, to ours. */
static gint64
read_clock_offset (void)
{
    return g_get_monotonic_time () - g_get_real_time ();
}

static void
read_facts (struct msghdr *message, gint64 offset_us, Facts *facts)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR (message); c; c = CMSG_NXTHDR (message, c)) {
        struct timespec t;
        int bytes;

        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPNS) {
            memcpy (&t, CMSG_DATA (c), sizeof t);
            facts->time_us = t.tv_sec * G_USEC_PER_SEC + t.tv_nsec / 1000 + offset_us;
        } else if (c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO) {
            memcpy (&bytes, CMSG_DATA (c), sizeof bytes);
            facts->segment_bytes = (gsize)bytes;
        }
    }
}

static void
prepare (LightNet *net)
{
    for (guint i = 0; i < BATCH; i++) {
        net->parts[i] = (struct iovec){net->data[i], PIECE_BYTES};
        net->messages[i].msg_hdr = (struct msghdr){.msg_name = &net->from[i],
                                                   .msg_namelen = sizeof net->from[i],
                                                   .msg_iov = &net->parts[i],
                                                   .msg_iovlen = 1,
                                                   .msg_control = &net->controls[i],
                                                   .msg_controllen = sizeof net->controls[i]};
    }
}

static void
hand_on (LightNet *net, guint i, const Facts *facts, LightNetFunc func, gpointer user_data)
{
    gsize length = net->messages[i].msg_len;

    for (gsize at = 0; at < length; at += facts->segment_bytes)
        func (net->data[i] + at, MIN (facts->segment_bytes, length - at), facts->time_us,
              &net->from[i], user_data);
}

void
light_net_drain (LightNet *net, int fd, gint64 now_us, LightNetFunc func, gpointer user_data)
{
    gint64 offset_us = read_clock_offset ();
    int n = BATCH;

    for (guint call = 0; call < CALLS_MAX && n == BATCH; call++) {
        prepare (net);
        n = recvmmsg (fd, net->messages, BATCH, MSG_DONTWAIT, NULL);
        for (int i = 0; i < n; i++) {
            Facts facts = {now_us, MAX (net->messages[i].msg_len, 1)};

            read_facts (&net->messages[i].msg_hdr, offset_us, &facts);
            hand_on (net, (guint)i, &facts, func, user_data);
        }
    }
}

/* --- Main --- */

int
light_net_open (LightNet *net, guint16 *port)
{
    union {
        struct sockaddr any;
        struct sockaddr_in in;
    } address = {.in = {.sin_family = AF_INET}};
    socklen_t address_bytes = sizeof address;
    int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
    int room = SOCKET_BYTES;

    if (fd < 0)
        return -1;
    if (bind (fd, &address.any, sizeof address) < 0 ||
        getsockname (fd, &address.any, &address_bytes) < 0) {
        close (fd);
        return -1;
    }
    setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    setsockopt (fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    setsockopt (fd, SOL_UDP, UDP_GRO, &on, sizeof on);
    *port = ntohs (address.in.sin_port);
    return fd;
}

/* No packet is sent for this. */
static gboolean
find_address (LightNet *net, const char *host, GError **error)
{
    const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_DGRAM};
    union {
        struct sockaddr any;
        struct sockaddr_in in;
    } own = {0};
    socklen_t own_bytes = sizeof own;
    struct addrinfo *info = NULL;
    int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    gboolean done = getaddrinfo (host, "9", &hints, &info) == 0 &&
                    connect (fd, info->ai_addr, info->ai_addrlen) == 0 &&
                    getsockname (fd, &own.any, &own_bytes) == 0;

    if (info)
        freeaddrinfo (info);
    if (fd >= 0)
        close (fd);
    if (done)
        inet_ntop (AF_INET, &own.in.sin_addr, net->address, sizeof net->address);
    else
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND, "no way by IPv4 to %s", host);
    return done;
}

LightNet *
light_net_new (const char *host, GError **error)
{
    g_autoptr (LightNet) net = g_new0 (LightNet, 1);

    if (!find_address (net, host, error))
        return NULL;
    net->certificate = tutti_certificate_new (error);
    if (!net->certificate)
        return NULL;
    net->loop = tutti_loop_new (error);
    if (!net->loop)
        return NULL;
    return g_steal_pointer (&net);
}

void
light_net_free (LightNet *net)
{
    if (!net)
        return;
    tutti_loop_free (net->loop);
    tutti_certificate_free (net->certificate);
    g_free (net);
}

TuttiLoop *
light_net_get_loop (LightNet *net)
{
    return net->loop;
}

TuttiCertificate *
light_net_get_certificate (LightNet *net)
{
    return net->certificate;
}

const char *
light_net_get_address (LightNet *net)
{
    return net->address;
}
