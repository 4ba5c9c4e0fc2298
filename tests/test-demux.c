/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-demux.c: which track a packet belongs to, and how it arrives in the track's queue.
 */
#include "rtp-fixture.h"

#include "leg/demux.h"

#include <string.h>

#define SEC G_USEC_PER_SEC
#define SCREEN_SSRC 3001

typedef struct {
    TuttiSession *offer, *answer;
    TuttiDemux *demux;
    TuttiRoute route;
} Fixture;

/* Audio "0", camera "1" and screen "2"; the two pictures share payload types, as with Chromium. */
static TuttiSession *
describe (guint32 ssrc)
{
    TuttiSession *session = fixture_describe (ssrc);
    TuttiMedia *screen = &session->media[2];

    session->n_media = 3;
    *screen = *fixture_video (session);
    screen->track = TUTTI_TRACK_SCREEN;
    screen->ssrc = screen->rtx_ssrc = 0;
    g_strlcpy (screen->mid, "2", sizeof screen->mid);
    return session;
}

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
    fixture->offer = describe (2000);
    fixture->answer = describe (1000);
    fixture->demux = tutti_demux_new ();
    tutti_demux_configure (fixture->demux, fixture->offer, fixture->answer);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
    tutti_demux_free (fixture->demux);
    tutti_session_free (fixture->offer);
    tutti_session_free (fixture->answer);
}

/* A packet with that SSRC, payload type and mid (NULL: none). */
static gboolean
route (Fixture *fixture, guint32 ssrc, guint8 payload_type, const char *mid, gint64 now_us)
{
    TuttiRtp rtp = {.ssrc = ssrc, .payload_type = payload_type};
    TuttiRtpWriter writer;
    guint8 data[64];

    tutti_rtp_writer_start (&writer, data, sizeof data, &rtp, FALSE);
    if (mid != NULL)
        g_assert_true (tutti_rtp_writer_add_extension (&writer, FIXTURE_MID_ID, (const guint8 *)mid,
                                                       strlen (mid)));
    g_assert_true (tutti_rtp_read (data, writer.length_bytes, &rtp));
    return tutti_demux_route (fixture->demux, &rtp, now_us, &fixture->route);
}

static void
assert_route (Fixture *fixture, TuttiTrack track, gboolean rtx)
{
    g_assert_cmpint (fixture->route.track, ==, track);
    g_assert_cmpint (fixture->route.rtx, ==, rtx);
}

static void
test_mid (Fixture *fixture, gconstpointer user_data)
{
    g_assert_true (route (fixture, SCREEN_SSRC, FIXTURE_VP8, "2", 0));
    assert_route (fixture, TUTTI_TRACK_SCREEN, FALSE);
    g_assert_true (route (fixture, SCREEN_SSRC + 1, FIXTURE_RTX, "2", 0));
    assert_route (fixture, TUTTI_TRACK_SCREEN, TRUE);
    g_assert_cmpint (fixture->route.format->payload_type, ==, FIXTURE_VP8);
    /* later ones carry it no more */
    g_assert_true (route (fixture, SCREEN_SSRC, FIXTURE_VP8, NULL, 0));
    assert_route (fixture, TUTTI_TRACK_SCREEN, FALSE);
    g_assert_true (route (fixture, SCREEN_SSRC + 1, FIXTURE_RTX, NULL, 0));
    assert_route (fixture, TUTTI_TRACK_SCREEN, TRUE);
    /* a mid of nobody's, a payload type of nobody's, a media type on the RTX stream */
    g_assert_false (route (fixture, 77, FIXTURE_VP8, "9", 0));
    g_assert_false (route (fixture, 77, 99, "2", 0));
    g_assert_false (route (fixture, SCREEN_SSRC + 1, FIXTURE_VP8, NULL, 0));
    /* it beats what was learnt */
    g_assert_true (route (fixture, SCREEN_SSRC, FIXTURE_VP8, "1", 0));
    assert_route (fixture, TUTTI_TRACK_CAMERA, FALSE);
}

static void
test_signalled (Fixture *fixture, gconstpointer user_data)
{
    g_assert_true (route (fixture, 2001, FIXTURE_VP8, NULL, 0));
    assert_route (fixture, TUTTI_TRACK_CAMERA, FALSE);
    g_assert_true (route (fixture, 2002, FIXTURE_RTX, NULL, 0));
    assert_route (fixture, TUTTI_TRACK_CAMERA, TRUE);
}

static void
test_payload_type (Fixture *fixture, gconstpointer user_data)
{
    g_assert_true (route (fixture, 55, FIXTURE_OPUS, NULL, 0));
    assert_route (fixture, TUTTI_TRACK_AUDIO, FALSE);
    g_assert_false (route (fixture, 56, FIXTURE_VP8, NULL, 0)); /* camera or screen? */
    fixture->answer->media[2].direction = TUTTI_DIRECTION_SEND;
    tutti_demux_configure (fixture->demux, fixture->offer, fixture->answer);
    g_assert_true (route (fixture, 56, FIXTURE_VP8, NULL, 0));
    assert_route (fixture, TUTTI_TRACK_CAMERA, FALSE);
}

/* The peer starts anew on another SSRC: the last packets of the old one don't bring it back. */
static void
test_new_ssrc (Fixture *fixture, gconstpointer user_data)
{
    g_assert_true (route (fixture, 55, FIXTURE_OPUS, NULL, 0));
    g_assert_true (route (fixture, 56, FIXTURE_OPUS, NULL, SEC));
    g_assert_false (route (fixture, 55, FIXTURE_OPUS, NULL, SEC));
    g_assert_true (route (fixture, 56, FIXTURE_OPUS, NULL, 2 * SEC));
    g_assert_true (route (fixture, 55, FIXTURE_OPUS, NULL, 4 * SEC)); /* it means it */
    g_assert_false (route (fixture, 56, FIXTURE_OPUS, NULL, 4 * SEC));
    /* after a BYE at once */
    tutti_demux_forget (fixture->demux, 56);
    g_assert_true (route (fixture, 56, FIXTURE_OPUS, NULL, 4 * SEC));
}

static void
test_bounded (Fixture *fixture, gconstpointer user_data)
{
    route (fixture, 2001, FIXTURE_VP8, "1", 0);
    for (guint i = 0; i < 1000; i++) {
        g_assert_true (route (fixture, 10000 + i, FIXTURE_OPUS, NULL, i));
        g_assert_true (route (fixture, 2001, FIXTURE_VP8, NULL, i));
        assert_route (fixture, TUTTI_TRACK_CAMERA, FALSE);
    }
}

static void
test_reconfigure (Fixture *fixture, gconstpointer user_data)
{
    g_assert_true (route (fixture, SCREEN_SSRC, FIXTURE_VP8, "2", 0));
    g_assert_true (route (fixture, 2001, FIXTURE_VP8, "1", 0));
    fixture->answer->media[2].direction = TUTTI_DIRECTION_INACTIVE;
    tutti_demux_configure (fixture->demux, fixture->offer, fixture->answer);
    g_assert_null (tutti_demux_get_media (fixture->demux, TUTTI_TRACK_SCREEN));
    g_assert_true (route (fixture, 2001, FIXTURE_VP8, NULL, 0));
    g_assert_false (route (fixture, SCREEN_SSRC, FIXTURE_VP8, "2", 0));
    g_assert_cmpint (tutti_demux_get_feedback (fixture->demux, TUTTI_TRACK_SCREEN), ==, 0);
    g_assert_cmpint (tutti_demux_get_feedback (fixture->demux, TUTTI_TRACK_CAMERA), !=, 0);
}

/* werift: the same extension has another id in each m-line. */
static void
test_mid_ids (Fixture *fixture, gconstpointer user_data)
{
    fixture->answer->media[0].extension[TUTTI_EXTENSION_MID] = 7;
    fixture->answer->media[0].extension[TUTTI_EXTENSION_LEVEL] = FIXTURE_MID_ID;
    tutti_demux_configure (fixture->demux, fixture->offer, fixture->answer);
    g_assert_true (route (fixture, 55, FIXTURE_OPUS, "\x7f", 0)); /* a level under the other's id */
    assert_route (fixture, TUTTI_TRACK_AUDIO, FALSE);
    g_assert_true (route (fixture, SCREEN_SSRC, FIXTURE_VP8, "2", 0));
    assert_route (fixture, TUTTI_TRACK_SCREEN, FALSE);
}

/* --- What arrives in the queue --- */

static void
on_nothing (guint8 *data, gsize length_bytes, gboolean rtcp, gpointer user_data)
{
}

static void
give (TuttiRtpSession *session, const TuttiRtp *rtp, const guint8 extension[2], gsize payload_bytes)
{
    guint8 *data = g_malloc (TUTTI_PACKET_CAPACITY + 1000);
    TuttiRtpWriter writer;
    g_autofree guint8 *payload = g_malloc0 (payload_bytes + 1);

    tutti_rtp_writer_start (&writer, data, TUTTI_PACKET_CAPACITY + 1000, rtp, FALSE);
    tutti_rtp_writer_add_extension (&writer, extension[0], &extension[1], 1);
    g_assert_true (tutti_rtp_writer_add_payload (&writer, payload, payload_bytes));
    tutti_rtp_session_receive_rtp (session, data, writer.length_bytes, 12345);
    g_free (data);
}

static void
test_queue (Fixture *fixture, gconstpointer user_data)
{
    g_autoptr (TuttiQueue) audio = tutti_queue_new (16, NULL, NULL);
    g_autoptr (TuttiQueue) camera = tutti_queue_new (16, NULL, NULL);
    TuttiRtpSetup setup = {.output = on_nothing, .in = {audio, camera}};
    g_autoptr (TuttiRtpSession) session = tutti_rtp_session_new (&setup);
    TuttiRtp rtp = {.ssrc = 2000, .payload_type = FIXTURE_OPUS, .seq = 9, .timestamp = 77};
    g_autoptr (TuttiPacket) sound = NULL;
    g_autoptr (TuttiPacket) picture = NULL;
    g_autoptr (TuttiPacket) padding = NULL;
    TuttiLegStats stats = {0};

    tutti_rtp_session_configure (session, fixture->offer, fixture->answer);
    give (session, &rtp, (const guint8[]){FIXTURE_LEVEL_ID, 0x80 | 33}, 40);
    sound = tutti_queue_pop (audio);
    g_assert_nonnull (sound);
    g_assert_cmpuint (sound->level, ==, 33);
    g_assert_cmpuint (sound->flags, ==, TUTTI_PACKET_VOICE);
    g_assert_true (sound->seq == 9 && sound->timestamp == 77 && sound->ssrc == 2000);
    g_assert_true (sound->time_us == 12345 && sound->codec == TUTTI_CODEC_OPUS);
    g_assert_cmpuint (sound->length_bytes, ==, 40);
    rtp = (TuttiRtp){.ssrc = 2001, .payload_type = FIXTURE_VP8, .marker = TRUE};
    give (session, &rtp, (const guint8[]){FIXTURE_ROTATION_ID, 3}, 40);
    picture = tutti_queue_pop (camera);
    g_assert_nonnull (picture);
    g_assert_cmpuint (picture->rotation, ==, 3);
    g_assert_cmpuint (picture->level, ==, TUTTI_LEVEL_UNKNOWN);
    g_assert_cmpuint (picture->flags, ==, TUTTI_PACKET_MARKER);
    /* padding keeps its place in the numbering */
    rtp.seq++;
    give (session, &rtp, (const guint8[]){1, 0}, 0);
    padding = tutti_queue_pop (camera);
    g_assert_nonnull (padding);
    g_assert_cmpuint (padding->length_bytes, ==, 0);
    /* the rest: too large, nobody's, no queue for it */
    rtp.seq++;
    give (session, &rtp, (const guint8[]){1, 0}, TUTTI_PACKET_CAPACITY + 1);
    rtp.payload_type = 5;
    give (session, &rtp, (const guint8[]){1, 0}, 40);
    rtp = (TuttiRtp){.ssrc = SCREEN_SSRC, .payload_type = FIXTURE_VP8};
    give (session, &rtp, (const guint8[]){FIXTURE_MID_ID, '2'}, 40);
    g_assert_cmpuint (tutti_queue_length (audio) + tutti_queue_length (camera), ==, 0);
    tutti_rtp_session_tick (session, G_USEC_PER_SEC);
    tutti_rtp_session_get_stats (session, &stats);
    g_assert_cmpuint (stats.malformed, ==, 1);
    g_assert_cmpuint (stats.unknown_ssrc, ==, 1);
    g_assert_cmpuint (stats.in[TUTTI_TRACK_CAMERA].packets, ==, 2);
    g_assert_cmpuint (stats.in[TUTTI_TRACK_SCREEN].packets, ==, 1);
}

#define ADD(name, func) g_test_add ("/demux/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    ADD ("mid", test_mid);
    ADD ("signalled", test_signalled);
    ADD ("payload-type", test_payload_type);
    ADD ("new-ssrc", test_new_ssrc);
    ADD ("bounded", test_bounded);
    ADD ("reconfigure", test_reconfigure);
    ADD ("mid-ids", test_mid_ids);
    ADD ("queue", test_queue);
    return g_test_run ();
}
