/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * light-path.c: see light-path.h.
 */
#include "light-path.h"

#include <netinet/in.h>
#include <unistd.h>

#include <tutti/clock.h>

#include "leg/candidate.h"
#include "light-ice.h"

/* Before there is a path; then consent is asked for each 4 to 6 s (RFC 7675 section 5.1). */
#define CHECK_US (50 * TUTTI_USEC_PER_MSEC)
#define CONSENT_MIN_MS 4000
#define CONSENT_MAX_MS 6000
#define REMOTES_MAX 8

struct _LightPath {
    LightNet *net;
    LightIce *ice;
    guint16 port;

    /* The net thread's. */
    TuttiPath path; /* peer_bytes 0: the socket is connected */
    gboolean is_found;
    struct sockaddr_storage remotes[REMOTES_MAX];
    guint n_remotes;
    gint64 check_us;
};

static TuttiBurst *
get_burst (LightPath *path)
{
    return tutti_loop_get_burst (light_net_get_loop (path->net));
}

static void
send_to (LightPath *path, const struct sockaddr_storage *to, const guint8 *data, gsize length_bytes)
{
    TuttiPath way = {.fd = path->path.fd, .peer = *to, .peer_bytes = sizeof (struct sockaddr_in)};

    tutti_burst_add (get_burst (path), &way, data, length_bytes);
    tutti_burst_send (get_burst (path));
}

/* The first that answers is the one. */
static gboolean
find (LightPath *path, const struct sockaddr_storage *from, gint64 now_us)
{
    if (path->is_found ||
        connect (path->path.fd, (const struct sockaddr *)from, sizeof (struct sockaddr_in)) < 0)
        return FALSE;
    path->is_found = TRUE;
    path->check_us = now_us + CONSENT_MIN_MS * TUTTI_USEC_PER_MSEC;
    return TRUE;
}

LightPath *
light_path_new (LightNet *net)
{
    LightPath *path = g_new0 (LightPath, 1);

    path->net = net;
    path->ice = light_ice_new ();
    path->path.fd = light_net_open (net, &path->port);
    path->check_us = TUTTI_DEADLINE_NEVER;
    return path;
}

void
light_path_free (LightPath *path)
{
    if (!path)
        return;
    if (path->path.fd >= 0)
        close (path->path.fd);
    light_ice_free (path->ice);
    g_free (path);
}

void
light_path_describe (LightPath *path, TuttiSession *offer)
{
    light_ice_describe (path->ice, offer);
    /* RFC 8445 section 5.1.2.1: the only host candidate. */
    g_ptr_array_add (offer->candidates,
                     g_strdup_printf ("candidate:1 1 udp 2130706431 %s %u typ host",
                                      light_net_get_address (path->net), path->port));
    offer->trickle = offer->end_of_candidates = TRUE;
}

void
light_path_set_remote (LightPath *path, const TuttiSession *answer, gint64 now_us)
{
    light_ice_set_remote (path->ice, answer->ufrag, answer->pwd);
    for (guint i = 0; i < answer->candidates->len; i++)
        light_path_add_remote (path, answer->candidates->pdata[i], now_us);
}

void
light_path_add_remote (LightPath *path, const char *text, gint64 now_us)
{
    g_autoptr (NiceCandidate) candidate = NULL;
    union {
        struct sockaddr any;
        struct sockaddr_storage storage;
    } address = {0};

    if (path->n_remotes == REMOTES_MAX || !tutti_candidate_parse (text, &candidate, NULL) ||
        !candidate || candidate->transport != NICE_CANDIDATE_TRANSPORT_UDP ||
        nice_address_ip_version (&candidate->addr) != 4)
        return;
    nice_address_copy_to_sockaddr (&candidate->addr, &address.any);
    path->remotes[path->n_remotes++] = address.storage;
    path->check_us = now_us;
}

gboolean
light_path_take (LightPath *path, const struct sockaddr_storage *from, const guint8 *data,
                 gsize length_bytes, gint64 now_us)
{
    guint8 answer[LIGHT_ICE_MAX_BYTES];
    gsize answer_bytes = 0;

    switch (light_ice_take (path->ice, from, data, length_bytes, answer, &answer_bytes)) {
    case LIGHT_ICE_ANSWER:
        send_to (path, from, answer, answer_bytes);
        return FALSE;
    case LIGHT_ICE_AGREED:
        return find (path, from, now_us);
    case LIGHT_ICE_NOTHING:
        break;
    }
    return FALSE;
}

void
light_path_tick (LightPath *path, gint64 now_us)
{
    guint8 check[LIGHT_ICE_MAX_BYTES];

    if (now_us < path->check_us)
        return;
    for (guint i = 0; i < path->n_remotes && !path->is_found; i++)
        send_to (path, &path->remotes[i], check, light_ice_write_check (path->ice, check));
    if (path->is_found)
        light_path_send (path, check, light_ice_write_check (path->ice, check));
    path->check_us =
        now_us + (path->is_found ? g_random_int_range (CONSENT_MIN_MS, CONSENT_MAX_MS) *
                                       (gint64)TUTTI_USEC_PER_MSEC
                                 : CHECK_US);
}

gint64
light_path_get_due (const LightPath *path)
{
    return path->check_us;
}

int
light_path_get_fd (const LightPath *path)
{
    return path->path.fd;
}

void
light_path_send (LightPath *path, const guint8 *data, gsize length_bytes)
{
    tutti_burst_add (get_burst (path), &path->path, data, length_bytes);
}
