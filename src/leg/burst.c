/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * burst.c: see burst.h. Role: net.
 */
#include "burst.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>

struct _TuttiBurst {
    TuttiPath *path;     /* of what waits */
    gsize segment_bytes; /* of each but the last */
    gsize length_bytes;
    guint n; /* 0: nothing waits */
    TuttiBurstStats stats;
    guint8 data[TUTTI_BURST_BYTES];
};

/* One that is shorter than those before it ends a burst. */
static gboolean
fits (const TuttiBurst *burst, const TuttiPath *path, gsize length_bytes)
{
    return burst->path == path && !path->is_single && burst->n < TUTTI_BURST_DATAGRAMS_MAX &&
           burst->length_bytes == burst->n * burst->segment_bytes &&
           length_bytes <= burst->segment_bytes &&
           burst->length_bytes + length_bytes <= sizeof burst->data;
}

/* segment_bytes 0: it is one datagram. */
static gboolean
call_kernel (const TuttiPath *path, guint8 *data, gsize length_bytes, guint16 segment_bytes)
{
    struct iovec part = {data, length_bytes};
    union {
        struct cmsghdr head;
        guint8 room[CMSG_SPACE (sizeof segment_bytes)];
    } control = {.room = {0}};
    struct msghdr message = {
        .msg_name = (void *)&path->peer,
        .msg_namelen = path->peer_bytes,
        .msg_iov = &part,
        .msg_iovlen = 1,
    };

    if (segment_bytes > 0) {
        control.head.cmsg_level = SOL_UDP;
        control.head.cmsg_type = UDP_SEGMENT;
        control.head.cmsg_len = CMSG_LEN (sizeof segment_bytes);
        memcpy (CMSG_DATA (&control.head), &segment_bytes, sizeof segment_bytes);
        message.msg_control = &control;
        message.msg_controllen = sizeof control.room;
    }
    return sendmsg (path->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

static void
count (TuttiBurst *burst, gboolean taken, guint n)
{
    if (!taken) {
        burst->path->failures += n;
        return;
    }
    burst->stats.calls++;
    burst->stats.datagrams += n;
}

static void
send_singly (TuttiBurst *burst)
{
    for (gsize at = 0; at < burst->length_bytes; at += burst->segment_bytes) {
        gsize length_bytes = MIN (burst->segment_bytes, burst->length_bytes - at);

        count (burst, call_kernel (burst->path, burst->data + at, length_bytes, 0), 1);
    }
}

/* EIO: an interface that can't make checksums, under a tunnel. EINVAL: the kernel knows nothing of
 * bursts, or a datagram is larger than the way's MTU, which by itself it would cut in fragments
 * (EMSGSIZE in newer ones). */
static gboolean
is_refusal (int error)
{
    return error == EIO || error == EINVAL || error == EMSGSIZE || error == ENOPROTOOPT ||
           error == EOPNOTSUPP;
}

TuttiBurst *
tutti_burst_new (void)
{
    return g_new0 (TuttiBurst, 1);
}

void
tutti_burst_free (TuttiBurst *burst)
{
    g_free (burst);
}

void
tutti_burst_add (TuttiBurst *burst, TuttiPath *path, const guint8 *data, gsize length_bytes)
{
    g_assert (length_bytes <= sizeof burst->data);
    if (path->fd < 0 || length_bytes == 0)
        return;
    if (burst->n > 0 && !fits (burst, path, length_bytes))
        tutti_burst_send (burst);
    if (burst->n == 0) {
        burst->path = path;
        burst->segment_bytes = length_bytes;
    }
    memcpy (burst->data + burst->length_bytes, data, length_bytes);
    burst->length_bytes += length_bytes;
    burst->n++;
}

void
tutti_burst_send (TuttiBurst *burst)
{
    guint16 segment_bytes = burst->n > 1 ? (guint16)burst->segment_bytes : 0;

    if (burst->n == 0)
        return;
    if (call_kernel (burst->path, burst->data, burst->length_bytes, segment_bytes)) {
        count (burst, TRUE, burst->n);
    } else if (segment_bytes > 0 && is_refusal (errno)) {
        burst->path->is_single = TRUE;
        send_singly (burst);
    } else {
        count (burst, FALSE, burst->n);
    }
    burst->n = 0;
    burst->length_bytes = 0;
}

void
tutti_burst_forget (TuttiBurst *burst, const TuttiPath *path)
{
    if (burst->path != path)
        return;
    burst->path = NULL;
    burst->n = 0;
    burst->length_bytes = 0;
}

void
tutti_burst_get_stats (const TuttiBurst *burst, TuttiBurstStats *stats)
{
    *stats = burst->stats;
}
