/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-fan.c: what sending to one more listener costs a net thread, on any machine however busy:
 * everything runs in one thread, round after round on a clock of its own, and the median round's
 * processor time counts. Run by hand:
 *
 *   make -C tests bench-fan && tests/bench-fan [ROUNDS]
 *
 * Each listener gets 50 packets of sound and 30 pictures of 5 packets a second (1.2 Mbit/s) from
 * its queue through RTP session, SRTP and a real socket; what the peers do (receiving, feedback on
 * transport-wide numbers) is not counted.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tutti/clock.h>
#include <tutti/role.h>

#include "leg/burst.h"
#include "leg/gcm.h"
#include "rtp-fixture.h"

#define LISTENERS 150
#define PICTURE_PACKETS 5
#define PICTURE_BYTES 1000
#define SOUND_BYTES 80
#define ROUND_US 20000
#define PICTURE_US 33333

typedef struct {
    TuttiRtpSession *session, *peer;
    TuttiQueue *out[2];
    TuttiGcm *gcm;
    guint64 index;
    TuttiPath path;
    int heard_fd;
    guint8 told[1200]; /* RTCP of the peer that has not come yet */
    gsize told_bytes;
} Listener;

static Listener listeners[LISTENERS];
static TuttiBurst *burst;
static gint64 now_us = 1000 * G_USEC_PER_SEC;
static gint64 excluded_ns; /* of this thread's processor time */

static gint64
read_cpu_ns (void)
{
    struct timespec t;

    clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
    return (gint64)t.tv_sec * 1000 * G_USEC_PER_SEC + t.tv_nsec;
}

/* --- The peers; not counted --- */

static void
on_peer_output (guint8 *data, gsize length_bytes, gboolean rtcp, gpointer user_data)
{
    Listener *listener = user_data;

    if (!rtcp || length_bytes > sizeof listener->told)
        return;
    memcpy (listener->told, data, length_bytes);
    listener->told_bytes = length_bytes;
}

static void
hear (Listener *listener)
{
    guint8 data[2048];
    gssize length;

    while ((length = recv (listener->heard_fd, data, sizeof data, MSG_DONTWAIT)) > 0)
        ;
    tutti_rtp_session_settle (listener->peer, now_us);
}

/* --- The server's side --- */

static void
on_output (guint8 *data, gsize length_bytes, gboolean rtcp, gpointer user_data)
{
    Listener *listener = user_data;
    guint8 copy[2048];
    gsize clear_bytes = length_bytes;
    gboolean sealed;
    gint64 start_ns;

    if (rtcp)
        return;
    start_ns = read_cpu_ns ();
    memcpy (copy, data, length_bytes);
    tutti_rtp_session_receive_rtp (listener->peer, copy, clear_bytes, now_us);
    excluded_ns += read_cpu_ns () - start_ns;
    sealed = tutti_gcm_seal_rtp (listener->gcm, data, &length_bytes, ++listener->index);
    g_assert (sealed);
    tutti_burst_add (burst, &listener->path, data, length_bytes);
}

static void
send_kind (Listener *listener, TuttiKind kind)
{
    TuttiPacket *packets[64];
    guint n = tutti_queue_pop_all (listener->out[kind], packets, G_N_ELEMENTS (packets));

    for (guint i = 0; i < n; i++) {
        tutti_rtp_session_send (listener->session, packets[i], now_us);
        tutti_packet_unref (packets[i]);
    }
}

static void
serve (Listener *listener)
{
    if (listener->told_bytes > 0)
        tutti_rtp_session_receive_rtcp (listener->session, listener->told, listener->told_bytes,
                                        now_us);
    listener->told_bytes = 0;
    send_kind (listener, TUTTI_KIND_AUDIO);
    send_kind (listener, TUTTI_KIND_VIDEO);
    tutti_rtp_session_settle (listener->session, now_us);
    tutti_burst_send (burst);
}

/* --- Set up --- */

static int
open_socket (struct sockaddr_in *address)
{
    socklen_t bytes = sizeof *address;
    int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    *address = (struct sockaddr_in){.sin_family = AF_INET};
    address->sin_addr.s_addr = htonl (INADDR_LOOPBACK);
    g_assert_cmpint (bind (fd, (struct sockaddr *)address, bytes), ==, 0);
    g_assert_cmpint (getsockname (fd, (struct sockaddr *)address, &bytes), ==, 0);
    return fd;
}

static TuttiRtpSession *
open_session (TuttiRtpOutput output, Listener *listener, TuttiSession *own, TuttiSession *other)
{
    const TuttiRtpSetup setup = {.output = output, .user_data = listener};
    TuttiRtpSession *session = tutti_rtp_session_new (&setup);

    tutti_rtp_session_configure (session, other, own);
    return session;
}

static void
open_listener (Listener *listener)
{
    g_autoptr (TuttiSession) own = fixture_describe (1000);
    g_autoptr (TuttiSession) other = fixture_describe (2000);
    const TuttiGcmKeys keys = {.key_bytes = 16};
    struct sockaddr_in own_address, address;

    listener->session = open_session (on_output, listener, own, other);
    listener->peer = open_session (on_peer_output, listener, other, own);
    for (guint i = 0; i < G_N_ELEMENTS (listener->out); i++)
        listener->out[i] = tutti_queue_new (64, NULL, NULL);
    listener->gcm = tutti_gcm_new (&keys, TRUE);
    listener->path.fd = open_socket (&own_address);
    listener->heard_fd = open_socket (&address);
    memcpy (&listener->path.peer, &address, sizeof address);
    listener->path.peer_bytes = sizeof address;
}

static void
close_listener (Listener *listener)
{
    tutti_rtp_session_free (listener->session);
    tutti_rtp_session_free (listener->peer);
    for (guint i = 0; i < G_N_ELEMENTS (listener->out); i++)
        tutti_queue_unref (listener->out[i]);
    tutti_gcm_free (listener->gcm);
    close (listener->path.fd);
    close (listener->heard_fd);
}

/* --- Rounds --- */

static void
spread (TuttiKind kind, guint n, guint16 bytes)
{
    TuttiPacket *packets[PICTURE_PACKETS];

    for (guint i = 0; i < n; i++) {
        guint8 flags = (guint8)((i == 0 ? TUTTI_PACKET_FRAME_START : 0) |
                                (i + 1 == n ? TUTTI_PACKET_MARKER : 0));

        packets[i] = fixture_packet (kind == TUTTI_KIND_AUDIO ? TUTTI_CODEC_OPUS : TUTTI_CODEC_VP8,
                                     i, flags, now_us);
        packets[i]->length_bytes = bytes;
    }
    for (guint i = 0; i < LISTENERS; i++)
        tutti_queue_push_all (listeners[i].out[kind], packets, n);
    for (guint i = 0; i < n; i++)
        tutti_packet_unref (packets[i]);
}

static gint64
run_round (TuttiKind kind)
{
    gint64 start_ns = read_cpu_ns (), counted_ns;

    excluded_ns = 0;
    if (kind == TUTTI_KIND_AUDIO)
        spread (kind, 1, SOUND_BYTES);
    else
        spread (kind, PICTURE_PACKETS, PICTURE_BYTES);
    for (guint i = 0; i < LISTENERS; i++)
        serve (&listeners[i]);
    counted_ns = read_cpu_ns () - start_ns - excluded_ns;
    for (guint i = 0; i < LISTENERS; i++)
        hear (&listeners[i]);
    return counted_ns;
}

static int
compare (gconstpointer a, gconstpointer b)
{
    gint64 difference = *(const gint64 *)a - *(const gint64 *)b;

    return difference < 0 ? -1 : difference > 0;
}

/* Microseconds of a listener. */
static double
get_median_us (GArray *rounds)
{
    g_array_sort (rounds, compare);
    return (double)g_array_index (rounds, gint64, rounds->len / 2) / 1000 / LISTENERS;
}

int
main (int argc, char **argv)
{
    guint n_rounds = argc > 1 ? (guint)atoi (argv[1]) : 500;
    gint64 sound_us = now_us, picture_us = now_us;
    GArray *rounds[2];
    double sound, picture;

    tutti_role_enter (TUTTI_ROLE_NET);
    burst = tutti_burst_new ();
    for (guint i = 0; i < LISTENERS; i++)
        open_listener (&listeners[i]);
    for (guint i = 0; i < G_N_ELEMENTS (rounds); i++)
        rounds[i] = g_array_new (FALSE, FALSE, sizeof (gint64));
    while (rounds[TUTTI_KIND_AUDIO]->len < n_rounds) {
        TuttiKind kind = sound_us <= picture_us ? TUTTI_KIND_AUDIO : TUTTI_KIND_VIDEO;
        gint64 round_ns;

        now_us = MIN (sound_us, picture_us);
        round_ns = run_round (kind);
        g_array_append_val (rounds[kind], round_ns);
        *(kind == TUTTI_KIND_AUDIO ? &sound_us : &picture_us) +=
            kind == TUTTI_KIND_AUDIO ? ROUND_US : PICTURE_US;
    }
    sound = get_median_us (rounds[TUTTI_KIND_AUDIO]);
    picture = get_median_us (rounds[TUTTI_KIND_VIDEO]);
    g_print (
        "%u listeners: sound %.2f us a packet, picture %.2f us of %u packets: %.3f %% of a core"
        " each\n",
        LISTENERS, sound, picture, PICTURE_PACKETS, (50 * sound + 30 * picture) / 1e4);
    for (guint i = 0; i < LISTENERS; i++)
        close_listener (&listeners[i]);
    for (guint i = 0; i < G_N_ELEMENTS (rounds); i++)
        g_array_unref (rounds[i]);
    tutti_burst_free (burst);
    return 0;
}
