/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-bad-network.c: real legs over loopback, one of them behind the model of a bad network
 * (relay.h): what is lost is repaired, and nobody else notices.
 */
#include "caller.h"

#include "leg/rtcp.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Party, party_free)

static const CallerSetup RED = {"Red", TUTTI_PERSON_PARTICIPANT, 440, 0.25, {82, 90, 240}};
static const CallerSetup GREEN = {"Green", TUTTI_PERSON_PARTICIPANT, 1000, 0.25, {145, 54, 34}};
static const CallerSetup BLUE = {"Blue", TUTTI_PERSON_PARTICIPANT, 2500, 0.25, {41, 240, 110}};

#define HEARD_DB (-30.0)
/* Long even for ThreadSanitizer on a busy machine. */
#define PATIENCE_SECONDS 60

/* One view for all: what one of them does to it, the others get. Small, for sanitizers. */
#define SETTINGS                                                                                   \
    "auth.mode=open;ice.interfaces=lo;ice.tcp=false;room.canvas=320x180;room.personal-views=1"

static Party *
make_party (const char *more)
{
    g_autofree char *settings = g_strconcat (SETTINGS, more, NULL);

    return party_new (settings);
}

static gboolean
sees_and_hears (Caller *caller)
{
    CallerFigures figures;

    caller_get_figures (caller, &figures);
    return figures.n_seen > 0 && caller_has_heard_a_second (caller);
}

static gboolean
hears (Caller *caller, const CallerSetup *other)
{
    return caller_get_tone_db (caller, other->tone_hz) > HEARD_DB;
}

/* --- Loss --- */

/* Both ways something was asked for again, and came. */
static gboolean
is_repaired (Caller *caller)
{
    TuttiParticipantStats up;
    TuttiLegStats down;

    tutti_participant_get_stats (caller->self, &up);
    tutti_peer_get_stats (caller->peer, &down);
    return up.camera.flow.rtx > 0 && down.in[TUTTI_TRACK_CAMERA].rtx > 0;
}

static gint64
count_seen (Caller *caller)
{
    CallerFigures figures;

    caller_get_figures (caller, &figures);
    return figures.n_seen;
}

static void
test_loss (void)
{
    g_autoptr (Party) party = make_party (";video.bitrate=300000");
    Caller *red, *bad;
    gint64 seen_clean, seen_bad;

    red = caller_new (party, &RED);
    bad = caller_new_noisy (party, &GREEN, "loss=8 delay=20 jitter=10");
    party_wait (party, PATIENCE_SECONDS, sees_and_hears (red) && sees_and_hears (bad));
    party_wait (party, PATIENCE_SECONDS, hears (red, &GREEN) && hears (bad, &RED));
    party_wait (party, PATIENCE_SECONDS, is_repaired (bad));
    seen_clean = count_seen (red);
    seen_bad = count_seen (bad);
    party_run (party, 3);
    g_test_message ("pictures in 3 s: %" G_GINT64_FORMAT " without loss, %" G_GINT64_FORMAT
                    " behind it",
                    count_seen (red) - seen_clean, count_seen (bad) - seen_bad);
    g_assert_cmpint (count_seen (bad) - seen_bad, >=, (count_seen (red) - seen_clean) / 2);
}

/* --- A storm of wishes for key frames --- */

#define PLIS 100
/* A little less than the second, or the next key frame falls within. */
#define STORM_SECONDS 0.9

static void
send_pli (Caller *caller)
{
    CallerReceived received;
    TuttiRtcpWriter writer;
    guint8 data[256];
    const guint32 own = 1;

    caller_get_received (caller, &received);
    tutti_rtcp_writer_start (&writer, data, sizeof data);
    tutti_rtcp_write_rr (&writer, own, NULL, 0);
    tutti_rtcp_write_cname (&writer, &own, 1, "storm");
    tutti_rtcp_write_pli (&writer, own, received.ssrc);
    tutti_peer_send (caller->peer, data, writer.length_bytes, TRUE);
}

/* What one receives over so many seconds while another may ask for key frames all the time. */
static CallerReceived
receive (Party *party, Caller *caller, double seconds, Caller *asking)
{
    gint64 start_us = g_get_monotonic_time ();
    CallerReceived before, after;
    guint n_plis = 0;

    caller_get_received (caller, &before);
    while (g_get_monotonic_time () - start_us < seconds * G_USEC_PER_SEC) {
        double passed = (double)(g_get_monotonic_time () - start_us) / G_USEC_PER_SEC;

        for (; asking && n_plis < PLIS * passed / seconds; n_plis++)
            send_pli (asking);
        party_iterate ();
    }
    caller_get_received (caller, &after);
    return (CallerReceived){.bytes = after.bytes - before.bytes,
                            .packets = after.packets - before.packets,
                            .key_frames = after.key_frames - before.key_frames};
}

static void
test_pli_storm (void)
{
    g_autoptr (Party) party = make_party (";video.bitrate=300000");
    Caller *red, *asking;
    CallerReceived calm, storm;
    double rise;

    red = caller_new (party, &RED);
    asking = caller_new_noisy (party, &GREEN, NULL);
    caller_new (party, &BLUE);
    party_wait (party, PATIENCE_SECONDS, sees_and_hears (red) && sees_and_hears (asking));
    party_run (party, 4);
    calm = receive (party, red, 3, NULL);
    storm = receive (party, red, STORM_SECONDS, asking);
    rise = storm.bytes / STORM_SECONDS / (calm.bytes / 3.0) - 1;
    g_test_message ("%.0f kbit/s before, %.0f %% more in the storm, %u key frames",
                    calm.bytes * 8 / 3000.0, rise * 100, (guint)storm.key_frames);
    g_assert_cmpuint (storm.key_frames, >=, 1);
    g_assert_cmpuint (storm.key_frames, <=, 2);
    /* A busy machine stalls within either second. */
    g_assert_cmpfloat (rise, <, 2);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/bad-network/loss", test_loss);
    g_test_add_func ("/bad-network/pli-storm", test_pli_storm);
    return g_test_run ();
}
