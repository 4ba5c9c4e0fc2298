/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-legs.c: what a packet costs a net thread, by the number of legs on it. Run by hand:
 *
 *   make -C tests bench-legs && tests/bench-legs [SECONDS]
 *
 * All legs are on one net thread, all peers on another; the figures are the CPU time of the legs'
 * thread alone: received RTP (SRTP, parsing, queue), sent RTP, nothing at all for a while, and a
 * listener's share of a core: 50 packets of sound and 30 pictures a second, of 1.2 Mbit/s.
 */
#include <stdlib.h>
#include <string.h>

#include "leg/net.h"
#include "peer.h"

#define LEGS_MAX 100
#define BURST 20
#define PAYLOAD_BYTES 1100
/* 1.2 Mbit/s of 30 pictures; sound of 32 kbit/s. */
#define PICTURE_PACKETS 5
#define PICTURE_PAYLOAD_BYTES 1000
#define SOUND_PAYLOAD_BYTES 80
#define PICTURE_US (G_USEC_PER_SEC / 30)
/* So long libnice keeps its 20 ms timer of checks after the last of them (its idle-timeout). */
#define SETTLE_US (8 * G_USEC_PER_SEC)

static const TuttiCodec codecs[] = {TUTTI_CODEC_VP8, TUTTI_CODEC_NONE};

typedef struct {
    TuttiNet *net, *peer_net;
    guint n_legs;
    TuttiLeg *legs[LEGS_MAX];
    TuttiPeer *peers[LEGS_MAX];
    TuttiQueue *in, *peer_in;
} Bench;

static void
on_state (TuttiLeg *leg, TuttiLegState state, gpointer user_data)
{
}

static void
on_candidate (TuttiLeg *leg, const char *candidate, gpointer user_data)
{
}

static TuttiNet *
make_net (void)
{
    TuttiNetConfig config = {.n_threads = 1, .interfaces = "lo"};

    return tutti_net_new (&config, NULL);
}

static void
connect_one (Bench *bench, guint i)
{
    const TuttiLegEvents events = {.state = on_state, .candidate = on_candidate};
    TuttiLegSetup leg = {.in = {bench->in, bench->in, NULL}, .video_codecs = codecs, .name = "leg"};
    TuttiPeerSetup peer = {
        .audio = TUTTI_DIRECTION_BOTH,
        .camera = TUTTI_DIRECTION_BOTH,
        .in = {bench->peer_in, bench->peer_in, NULL},
    };
    g_autoptr (TuttiSession) offer = tutti_session_new ();
    g_autoptr (TuttiSession) answer = tutti_session_new ();

    bench->legs[i] = tutti_leg_new (bench->net, &leg, &events, bench);
    bench->peers[i] = tutti_peer_new (bench->peer_net, &peer);
    tutti_peer_offer (bench->peers[i], offer);
    g_assert_true (tutti_leg_accept (bench->legs[i], offer, answer, NULL));
    tutti_peer_take_answer (bench->peers[i], answer);
    while (tutti_leg_get_state (bench->legs[i]) != TUTTI_LEG_CONNECTED ||
           tutti_peer_get_state (bench->peers[i]) != TUTTI_LEG_CONNECTED)
        g_main_context_iteration (NULL, TRUE);
}

static void
drain (TuttiQueue *queue)
{
    TuttiPacket *packet;

    while ((packet = tutti_queue_pop (queue)))
        tutti_packet_unref (packet);
}

static void
push_burst (TuttiQueue *queue, guint n)
{
    for (guint i = 0; i < n; i++) {
        g_autoptr (TuttiPacket) packet = tutti_packet_new ();

        packet->codec = TUTTI_CODEC_VP8;
        packet->time_us = g_get_monotonic_time ();
        packet->flags = TUTTI_PACKET_FRAME_START | TUTTI_PACKET_MARKER;
        packet->length_bytes = PAYLOAD_BYTES;
        memset (packet->data, 1, PAYLOAD_BYTES);
        tutti_queue_push (queue, packet);
    }
}

static gint64
sum (const TuttiNetStats *stats)
{
    return stats->cpu_receive_us + stats->cpu_send_us + stats->cpu_srtp_us;
}

/* Microseconds of the legs' thread for each packet that came or went. */
static double
measure (Bench *bench, gboolean up, guint burst, gint64 length_us)
{
    TuttiNetStats before, after;
    gint64 end_us = g_get_monotonic_time () + length_us;
    guint64 packets;

    tutti_net_get_stats (bench->net, &before);
    for (guint i = 0; g_get_monotonic_time () < end_us; i++) {
        TuttiQueue *queue =
            up ? tutti_peer_get_output (bench->peers[i % bench->n_legs], TUTTI_KIND_VIDEO)
               : tutti_leg_get_output (bench->legs[i % bench->n_legs], TUTTI_KIND_VIDEO);

        push_burst (queue, burst);
        drain (bench->in);
        drain (bench->peer_in);
        g_usleep (100 * burst);
    }
    tutti_net_get_stats (bench->net, &after);
    packets = up ? after.packets_received - before.packets_received
                 : after.packets_sent - before.packets_sent;
    return (double)(sum (&after) - sum (&before)) / (double)MAX (packets, 1);
}

/* --- A listener --- */

static TuttiPacket *
new_packet (TuttiCodec codec, guint i, guint n, guint bytes)
{
    TuttiPacket *packet = tutti_packet_new ();

    packet->codec = codec;
    packet->time_us = g_get_monotonic_time ();
    packet->flags =
        (guint8)((i == 0 ? TUTTI_PACKET_FRAME_START : 0) | (i + 1 == n ? TUTTI_PACKET_MARKER : 0));
    packet->length_bytes = (guint16)bytes;
    memset (packet->data, 1, bytes);
    return packet;
}

/* One rendition's, to all: payloads are shared. */
static void
spread (Bench *bench, TuttiKind kind, guint n, guint bytes)
{
    TuttiPacket *packets[PICTURE_PACKETS];

    for (guint i = 0; i < n; i++)
        packets[i] =
            new_packet (kind == TUTTI_KIND_AUDIO ? TUTTI_CODEC_OPUS : TUTTI_CODEC_VP8, i, n, bytes);
    for (guint i = 0; i < bench->n_legs; i++)
        tutti_queue_push_all (tutti_leg_get_output (bench->legs[i], kind), packets, n);
    for (guint i = 0; i < n; i++)
        tutti_packet_unref (packets[i]);
}

static double
measure_listener (Bench *bench, gint64 length_us)
{
    gint64 start_us = g_get_monotonic_time (), sound_us = start_us, picture_us = start_us;
    TuttiNetStats before, after;

    tutti_net_get_stats (bench->net, &before);
    while (sound_us < start_us + length_us) {
        if (sound_us <= picture_us) {
            spread (bench, TUTTI_KIND_AUDIO, 1, SOUND_PAYLOAD_BYTES);
            sound_us += 20 * G_TIME_SPAN_MILLISECOND;
        } else {
            spread (bench, TUTTI_KIND_VIDEO, PICTURE_PACKETS, PICTURE_PAYLOAD_BYTES);
            picture_us += PICTURE_US;
        }
        drain (bench->peer_in);
        g_usleep ((gulong)MAX (MIN (sound_us, picture_us) - g_get_monotonic_time (), 0));
    }
    tutti_net_get_stats (bench->net, &after);
    return 100.0 * (double)(sum (&after) - sum (&before)) / (double)length_us / bench->n_legs;
}

static double
measure_idle (Bench *bench, gint64 length_us)
{
    TuttiNetStats before, after;

    tutti_net_get_stats (bench->net, &before);
    g_usleep ((gulong)length_us);
    tutti_net_get_stats (bench->net, &after);
    return 100.0 * (double)(sum (&after) - sum (&before)) / (double)length_us;
}

static void
run (guint n_legs, gint64 length_us)
{
    Bench bench = {.n_legs = n_legs};

    bench.net = make_net ();
    bench.peer_net = make_net ();
    bench.in = tutti_queue_new (256, NULL, NULL);
    bench.peer_in = tutti_queue_new (256, NULL, NULL);
    for (guint i = 0; i < n_legs; i++)
        connect_one (&bench, i);
    g_usleep (SETTLE_US);
    g_print ("%4u  %14.1f  %17.1f  %11.1f  %14.1f  %8.2f  %10.3f\n", n_legs,
             measure (&bench, TRUE, 1, length_us), measure (&bench, TRUE, BURST, length_us),
             measure (&bench, FALSE, 1, length_us), measure (&bench, FALSE, BURST, length_us),
             measure_idle (&bench, 2 * length_us), measure_listener (&bench, 4 * length_us));
    for (guint i = 0; i < n_legs; i++) {
        tutti_leg_free (bench.legs[i]);
        tutti_peer_free (bench.peers[i]);
    }
    tutti_queue_unref (bench.in);
    tutti_queue_unref (bench.peer_in);
    tutti_net_free (bench.net);
    tutti_net_free (bench.peer_net);
}

static void
drop_log (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
}

static GLogWriterOutput
write_no_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
    return level & G_LOG_LEVEL_ERROR ? G_LOG_WRITER_UNHANDLED : G_LOG_WRITER_HANDLED;
}

int
main (int argc, char **argv)
{
    const guint counts[] = {1, 10, 100};
    gint64 length_us = (argc > 1 ? atoi (argv[1]) : 2) * G_USEC_PER_SEC;

    g_log_set_default_handler (drop_log, NULL);
    g_log_set_writer_func (write_no_log, NULL, NULL);
    g_print (
        "legs  us/packet in: one a wake-up  in bursts  us/packet out: one  in bursts  idle %%  "
        "listener %%\n");
    for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
        run (counts[i], length_us);
    return 0;
}
