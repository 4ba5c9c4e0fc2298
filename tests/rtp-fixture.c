/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rtp-fixture.c: see rtp-fixture.h.
 */
#include "rtp-fixture.h"

#include "leg/bytes.h"

#include <string.h>

#define QUEUE_PACKETS 4096
#define TICK_US 1000

typedef struct {
    FixtureEnd *to;
    gboolean rtcp;
    gint64 arrival_us;
    GByteArray *bytes;
} Datagram;

static void
free_datagram (gpointer data)
{
    Datagram *datagram = data;

    g_byte_array_unref (datagram->bytes);
    g_free (datagram);
}

static int
compare_arrival (gconstpointer a, gconstpointer b, gpointer user_data)
{
    gint64 difference = ((const Datagram *)a)->arrival_us - ((const Datagram *)b)->arrival_us;

    return difference < 0 ? -1 : difference > 0;
}

/* IPv4, UDP, SRTP's tag. */
#define LINK_BYTES 44

/* When it has left the narrow place; -1: its queue is full. */
static gint64
squeeze (FixtureLink *link, const FixtureEnd *to, gsize bytes)
{
    gint64 start_us = MAX (link->free_us, link->now_us);

    if (link->rate_bps == 0 || to == &link->a)
        return link->now_us;
    if (start_us - link->now_us > link->queue_us)
        return -1;
    link->free_us = start_us + (gint64)(bytes + LINK_BYTES) * 8 * G_USEC_PER_SEC / link->rate_bps;
    return link->free_us;
}

static void
put_on_link (FixtureLink *link, FixtureEnd *to, GByteArray *bytes, gboolean rtcp)
{
    gint64 left_us = squeeze (link, to, bytes->len);
    Datagram *datagram;

    if (left_us < 0)
        return;
    datagram = g_new0 (Datagram, 1);
    datagram->to = to;
    datagram->rtcp = rtcp;
    datagram->bytes = g_byte_array_ref (bytes);
    datagram->arrival_us = left_us + link->delay_us;
    if (link->jitter_us > 0)
        datagram->arrival_us += g_rand_int_range (link->random, 0, (gint32)link->jitter_us);
    g_sequence_insert_sorted (link->datagrams, datagram, compare_arrival, NULL);
}

static void
on_output (guint8 *data, gsize length_bytes, gboolean rtcp, gpointer user_data)
{
    FixtureEnd *end = user_data;
    FixtureLink *link = end->link;
    FixtureEnd *to = end == &link->a ? &link->b : &link->a;
    g_autoptr (GByteArray) bytes = g_byte_array_new ();

    g_byte_array_append (bytes, data, (guint)length_bytes);
    g_byte_array_unref (rtcp ? end->last_rtcp : end->last_rtp);
    *(rtcp ? &end->last_rtcp : &end->last_rtp) = g_byte_array_ref (bytes);
    (*(rtcp ? &end->rtcp_packets : &end->rtp_packets))++;
    end->bytes += length_bytes;
    /* SRTP writes behind the packet: it must be ours. */
    memset (data + length_bytes, 0xAA, TUTTI_SRTP_TRAILER_BYTES);
    if (g_rand_double (link->random) >= link->loss)
        put_on_link (link, to, bytes, rtcp);
    if (g_rand_double (link->random) < link->duplicate)
        put_on_link (link, to, bytes, rtcp);
}

static void
init_end (FixtureLink *link, FixtureEnd *end, guint32 ssrc)
{
    TuttiRtpSetup setup = {.output = on_output, .user_data = end};

    end->link = link;
    end->description = fixture_describe (ssrc);
    for (guint i = 0; i < TUTTI_N_TRACKS; i++)
        setup.in[i] = end->in[i] = tutti_queue_new (QUEUE_PACKETS, NULL, NULL);
    setup.key_frame_wanted = end->key_frame_wanted = tutti_wish_new (NULL, NULL);
    setup.sync = end->sync = tutti_sync_new ();
    end->last_rtp = g_byte_array_new ();
    end->last_rtcp = g_byte_array_new ();
    end->session = tutti_rtp_session_new (&setup);
}

static void
clear_end (FixtureEnd *end)
{
    tutti_rtp_session_free (end->session);
    tutti_session_free (end->description);
    for (guint i = 0; i < TUTTI_N_TRACKS; i++)
        tutti_queue_unref (end->in[i]);
    tutti_wish_unref (end->key_frame_wanted);
    tutti_sync_unref (end->sync);
    g_byte_array_unref (end->last_rtp);
    g_byte_array_unref (end->last_rtcp);
}

static void
deliver (FixtureLink *link)
{
    GSequenceIter *first = g_sequence_get_begin_iter (link->datagrams);

    while (!g_sequence_iter_is_end (first)) {
        Datagram *datagram = g_sequence_get (first);
        g_autofree guint8 *copy = NULL;

        if (datagram->arrival_us > link->now_us)
            return;
        copy = g_memdup2 (datagram->bytes->data, datagram->bytes->len);
        if (datagram->rtcp)
            tutti_rtp_session_receive_rtcp (datagram->to->session, copy, datagram->bytes->len,
                                            link->now_us);
        else
            tutti_rtp_session_receive_rtp (datagram->to->session, copy, datagram->bytes->len,
                                           link->now_us);
        g_sequence_remove (first);
        first = g_sequence_get_begin_iter (link->datagrams);
    }
}

static void
fill_media (TuttiMedia *media, TuttiKind kind, guint32 ssrc)
{
    media->kind = kind;
    media->direction = TUTTI_DIRECTION_BOTH;
    media->rtcp_mux = TRUE;
    media->ssrc = ssrc;
    media->extension[TUTTI_EXTENSION_MID] = FIXTURE_MID_ID;
    media->extension[TUTTI_EXTENSION_TRANSPORT_CC] = FIXTURE_TRANSPORT_ID;
    media->n_formats = 1;
}

TuttiSession *
fixture_describe (guint32 ssrc)
{
    TuttiSession *session = tutti_session_new ();
    TuttiMedia *audio = &session->media[0], *video = &session->media[1];

    session->n_media = 2;
    g_strlcpy (session->cname, "cname", sizeof session->cname);
    fill_media (audio, TUTTI_KIND_AUDIO, ssrc);
    g_strlcpy (audio->mid, "0", sizeof audio->mid);
    audio->track = TUTTI_TRACK_AUDIO;
    audio->extension[TUTTI_EXTENSION_LEVEL] = FIXTURE_LEVEL_ID;
    audio->formats[0] =
        (TuttiFormat){.codec = TUTTI_CODEC_OPUS, .payload_type = FIXTURE_OPUS, .channels = 2};
    fill_media (video, TUTTI_KIND_VIDEO, ssrc + 1);
    g_strlcpy (video->mid, "1", sizeof video->mid);
    video->track = TUTTI_TRACK_CAMERA;
    video->rtx_ssrc = ssrc + 2;
    video->extension[TUTTI_EXTENSION_ROTATION] = FIXTURE_ROTATION_ID;
    video->formats[0] = (TuttiFormat){.codec = TUTTI_CODEC_VP8,
                                      .payload_type = FIXTURE_VP8,
                                      .rtx_payload_type = FIXTURE_RTX,
                                      .feedback = TUTTI_FEEDBACK_NACK | TUTTI_FEEDBACK_PLI |
                                                  TUTTI_FEEDBACK_FIR | TUTTI_FEEDBACK_REMB};
    return session;
}

TuttiMedia *
fixture_video (TuttiSession *description)
{
    return &description->media[1];
}

FixtureLink *
fixture_link_new (void)
{
    FixtureLink *link = g_new0 (FixtureLink, 1);

    link->now_us = 1000 * G_USEC_PER_SEC;
    link->delay_us = 20000;
    /* The sessions draw theirs from the global one: each run is the same. */
    g_random_set_seed (7);
    link->random = g_rand_new_with_seed (7);
    link->datagrams = g_sequence_new (free_datagram);
    init_end (link, &link->a, 1000);
    init_end (link, &link->b, 2000);
    return link;
}

void
fixture_link_free (FixtureLink *link)
{
    clear_end (&link->a);
    clear_end (&link->b);
    g_sequence_free (link->datagrams);
    g_rand_free (link->random);
    g_free (link);
}

void
fixture_link_configure (FixtureLink *link)
{
    tutti_rtp_session_configure (link->a.session, link->b.description, link->a.description);
    tutti_rtp_session_configure (link->b.session, link->a.description, link->b.description);
}

void
fixture_link_deliver (FixtureLink *link, gint64 for_us)
{
    link->now_us += for_us;
    deliver (link);
}

void
fixture_link_run (FixtureLink *link, gint64 for_us)
{
    gint64 end_us = link->now_us + for_us;

    while (link->now_us < end_us) {
        link->now_us += TICK_US;
        deliver (link);
        g_assert_cmpint (tutti_rtp_session_tick (link->a.session, link->now_us), >=, link->now_us);
        g_assert_cmpint (tutti_rtp_session_tick (link->b.session, link->now_us), >=, link->now_us);
    }
}

TuttiPacket *
fixture_packet (TuttiCodec codec, guint32 n, guint8 flags, gint64 time_us)
{
    TuttiPacket *packet = tutti_packet_new ();

    packet->codec = codec;
    packet->flags = flags;
    packet->time_us = time_us;
    packet->length_bytes = 100;
    memset (packet->data, 0x55, packet->length_bytes);
    tutti_put_u32 (packet->data, n);
    return packet;
}

guint32
fixture_packet_number (const TuttiPacket *packet)
{
    g_assert_cmpuint (packet->length_bytes, ==, 100);
    return tutti_get_u32 (packet->data);
}

void
fixture_send (FixtureEnd *end, TuttiCodec codec, guint32 n, guint8 flags)
{
    g_autoptr (TuttiPacket) packet = fixture_packet (codec, n, flags, end->link->now_us);

    tutti_rtp_session_send (end->session, packet, end->link->now_us);
}

void
fixture_get_stats (FixtureEnd *end, TuttiLegStats *stats)
{
    /* They are published several times a second. */
    fixture_link_run (end->link, G_USEC_PER_SEC / 4);
    tutti_rtp_session_get_stats (end->session, stats);
}
