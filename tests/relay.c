/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * relay.c: see relay.h. The lock is held for each packet; threads meet nowhere else.
 */
#include "relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "leg/candidate.h"

/* The thread looks at its settings and at its end that often. */
#define POLL_US (5 * 1000)
#define SEED 7

enum { PEER, LEG, N_ENDS };

/* A socket, who is at its other end, and what comes from there. */
typedef struct {
    int fd;
    struct sockaddr_in other;
    gboolean knows_other;
    Impair *from;
} End;

struct _Relay {
    GThread *thread;
    gint stop;   /* atomic */
    GMutex lock; /* of the rest */
    End ends[N_ENDS];
};

/* --- The relay's thread --- */

static void
take (Relay *relay, guint which)
{
    End *end = &relay->ends[which];
    guint8 data[IMPAIR_PACKET_MAX_BYTES];
    struct sockaddr_in from;
    socklen_t from_bytes = sizeof from;
    ssize_t length_bytes;

    while ((length_bytes = recvfrom (end->fd, data, sizeof data, MSG_DONTWAIT,
                                     (struct sockaddr *)&from, &from_bytes)) > 0) {
        g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&relay->lock);

        if (which == PEER) {
            end->other = from;
            end->knows_other = TRUE;
        }
        impair_push (end->from, data, (gsize)length_bytes, g_get_monotonic_time ());
    }
}

/* What came from the one end goes out at the other. What a socket does not take is lost, as it
 * would be on a network. */
static void
give (Relay *relay, guint which)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&relay->lock);
    Impair *impair = relay->ends[which].from;
    const End *to = &relay->ends[1 - which];
    guint8 data[IMPAIR_PACKET_MAX_BYTES];
    gsize length_bytes;

    while ((length_bytes = impair_pop (impair, data, g_get_monotonic_time ())) > 0) {
        if (to->knows_other)
            sendto (to->fd, data, length_bytes, 0, (const struct sockaddr *)&to->other,
                    sizeof to->other);
    }
}

static gint64
get_wait_us (Relay *relay)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&relay->lock);
    gint64 next_us =
        MIN (impair_next_us (relay->ends[PEER].from), impair_next_us (relay->ends[LEG].from));
    gint64 wait_us = next_us - g_get_monotonic_time ();

    return CLAMP (wait_us, 0, POLL_US);
}

static gpointer
run_relay (gpointer user_data)
{
    Relay *relay = user_data;

    while (!g_atomic_int_get (&relay->stop)) {
        struct pollfd polled[N_ENDS] = {{relay->ends[PEER].fd, POLLIN, 0},
                                        {relay->ends[LEG].fd, POLLIN, 0}};
        struct timespec timeout = {0, get_wait_us (relay) * 1000};

        ppoll (polled, N_ENDS, &timeout, NULL);
        for (guint i = 0; i < N_ENDS; i++) {
            take (relay, i);
            give (relay, i);
        }
    }
    return NULL;
}

/* --- Public --- */

static int
open_socket (void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl (INADDR_LOOPBACK)};
    int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    g_assert_cmpint (fd, >=, 0);
    g_assert_cmpint (bind (fd, (struct sockaddr *)&address, sizeof address), ==, 0);
    return fd;
}

static void
change (Impair *impair, const char *text)
{
    ImpairSettings settings;

    impair_get (impair, &settings);
    g_assert_true (impair_parse (text, &settings));
    impair_set (impair, &settings, g_get_monotonic_time ());
}

Relay *
relay_new (const char *settings)
{
    Relay *relay = g_new0 (Relay, 1);

    g_mutex_init (&relay->lock);
    for (guint i = 0; i < N_ENDS; i++) {
        relay->ends[i] = (End){.fd = open_socket (), .from = impair_new (SEED + i)};
        change (relay->ends[i].from, settings);
    }
    relay->thread = g_thread_new ("relay", run_relay, relay);
    return relay;
}

void
relay_free (Relay *relay)
{
    if (!relay)
        return;
    g_atomic_int_set (&relay->stop, 1);
    g_thread_join (relay->thread);
    for (guint i = 0; i < N_ENDS; i++) {
        close (relay->ends[i].fd);
        impair_free (relay->ends[i].from);
    }
    g_mutex_clear (&relay->lock);
    g_free (relay);
}

void
relay_set (Relay *relay, const char *up, const char *down)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&relay->lock);

    if (up)
        change (relay->ends[PEER].from, up);
    if (down)
        change (relay->ends[LEG].from, down);
}

void
relay_take_counts (Relay *relay, ImpairCounts *up, ImpairCounts *down)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&relay->lock);

    impair_take_counts (relay->ends[PEER].from, up, g_get_monotonic_time ());
    impair_take_counts (relay->ends[LEG].from, down, g_get_monotonic_time ());
}

char *
relay_rewrite (Relay *relay, const char *text)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&relay->lock);
    End *leg = &relay->ends[LEG];
    g_autoptr (NiceCandidate) candidate = NULL;
    struct sockaddr_in own;
    socklen_t own_bytes = sizeof own;

    if (!tutti_candidate_parse (text, &candidate, NULL) || !candidate || leg->knows_other ||
        candidate->transport != NICE_CANDIDATE_TRANSPORT_UDP ||
        nice_address_ip_version (&candidate->addr) != 4)
        return NULL;
    nice_address_copy_to_sockaddr (&candidate->addr, (struct sockaddr *)&leg->other);
    leg->knows_other = TRUE;
    getsockname (relay->ends[PEER].fd, (struct sockaddr *)&own, &own_bytes);
    nice_address_set_from_sockaddr (&candidate->addr, (struct sockaddr *)&own);
    return tutti_candidate_format (candidate, NULL);
}

void
relay_rewrite_all (Relay *relay, GPtrArray *candidates)
{
    for (guint i = candidates->len; i > 0; i--) {
        char *rewritten = relay_rewrite (relay, candidates->pdata[i - 1]);

        g_ptr_array_remove_index (candidates, i - 1);
        if (rewritten)
            g_ptr_array_insert (candidates, (gint)i - 1, rewritten);
    }
}
