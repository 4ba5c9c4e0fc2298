/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-thin-link.c: one viewer's link carries less than the others': it gets another rendition, or
 * sound alone, and everything again when the link does; nobody else's picture changes. What its
 * link carries it says itself, by REMB.
 */
#include "caller.h"

#include "leg/rtcp.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Party, party_free)

static const CallerSetup RED = {"Red", TUTTI_PERSON_PARTICIPANT, 440, 0.25, {82, 90, 240}};
static const CallerSetup GREEN = {"Green", TUTTI_PERSON_PARTICIPANT, 1000, 0.25, {145, 54, 34}};

/* Long even for ThreadSanitizer on a busy machine. */
#define PATIENCE_SECONDS 60
/* One view for all, of 600, 200 and 60 kbit/s. */
#define SETTINGS                                                                                   \
    "auth.mode=open;ice.interfaces=lo;ice.tcp=false;room.canvas=640x360;room.personal-views=1;"    \
    "video.bitrate=600000"
#define FULL_WIDTH 640
#define HALF_WIDTH 320

static void
send_remb (Caller *caller, guint kbps)
{
    CallerReceived received;
    TuttiRtcpWriter writer;
    guint8 data[256];
    const guint32 own = 1;

    caller_get_received (caller, &received);
    tutti_rtcp_writer_start (&writer, data, sizeof data);
    tutti_rtcp_write_rr (&writer, own, NULL, 0);
    tutti_rtcp_write_cname (&writer, &own, 1, "thin");
    tutti_rtcp_write_remb (&writer, own, kbps * 1000, &received.ssrc, 1);
    tutti_peer_send (caller->peer, data, writer.length_bytes, TRUE);
}

/* The width of the picture that a caller is sent; 0: sound only. */
static int
get_width (Caller *caller)
{
    TuttiParticipantStats stats;

    tutti_participant_get_stats (caller->self, &stats);
    return stats.picture.width;
}

static guint64
count_seen (Caller *caller)
{
    CallerFigures figures;

    caller_get_figures (caller, &figures);
    return figures.n_seen;
}

/* Is what it sees so wide, and was it told so? */
static gboolean
is_shown (Caller *caller, int width)
{
    TuttiVideoSourceStats seen;

    tutti_video_source_get_stats (caller->seen_source, &seen);
    return seen.width == width && get_width (caller) == width &&
           caller->told.downlink_width == width;
}

static guint
count_renditions (Caller *caller)
{
    TuttiRoomInfo info;

    tutti_room_get_info (tutti_participant_room (caller->self), &info);
    return info.n_renditions;
}

static void
assert_no_error (Caller *caller)
{
    TuttiVideoSourceStats seen;

    tutti_video_source_get_stats (caller->seen_source, &seen);
    g_assert_cmpuint (seen.errors, ==, 0);
}

static void
test_half_and_back (void)
{
    g_autoptr (Party) party = party_new (SETTINGS);
    Caller *thin = caller_new_noisy (party, &RED, NULL);
    Caller *other = caller_new (party, &GREEN);
    guint n_layouts;

    party_wait (party, PATIENCE_SECONDS,
                is_shown (thin, FULL_WIDTH) && is_shown (other, FULL_WIDTH) &&
                    thin->told.n_tiles == 2);
    party_wait (party, PATIENCE_SECONDS, count_renditions (thin) == 1);
    n_layouts = thin->told.n_layouts;
    send_remb (thin, 250);
    party_wait (party, PATIENCE_SECONDS, is_shown (thin, HALF_WIDTH));
    g_assert_true (is_shown (other, FULL_WIDTH));
    g_assert_cmpuint (count_renditions (thin), ==, 2);
    send_remb (thin, 2000);
    party_wait (party, PATIENCE_SECONDS, is_shown (thin, FULL_WIDTH));
    party_wait (party, PATIENCE_SECONDS, count_renditions (thin) == 1);
    assert_no_error (thin);
    assert_no_error (other);
    /* Tiles are in the canvas' pixels, whatever is sent. */
    g_assert_cmpuint (thin->told.n_layouts, ==, n_layouts);
}

static void
test_sound_only_and_back (void)
{
    g_autoptr (Party) party = party_new (SETTINGS);
    Caller *thin = caller_new_noisy (party, &RED, NULL);
    Caller *other = caller_new (party, &GREEN);
    guint64 seen;

    party_wait (party, PATIENCE_SECONDS,
                is_shown (thin, FULL_WIDTH) && is_shown (other, FULL_WIDTH));
    send_remb (thin, 110);
    party_wait (party, PATIENCE_SECONDS, get_width (thin) == 0);
    party_run (party, 0.5); /* what was on its way */
    g_assert_cmpint (thin->told.downlink_width, ==, 0);
    seen = count_seen (thin);
    party_run (party, 1);
    g_assert_cmpuint (count_seen (thin), ==, seen);
    g_assert_true (is_shown (other, FULL_WIDTH));
    party_wait (party, PATIENCE_SECONDS, caller_get_tone_db (thin, GREEN.tone_hz) > -30);
    send_remb (thin, 2000);
    party_wait (party, PATIENCE_SECONDS, is_shown (thin, FULL_WIDTH) && count_seen (thin) > seen);
    assert_no_error (thin);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/thin-link/half-and-back", test_half_and_back);
    g_test_add_func ("/thin-link/sound-only-and-back", test_sound_only_and_back);
    return g_test_run ();
}
