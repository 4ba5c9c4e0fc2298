/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-sync.c: when a picture is to be shown so that it meets its sound.
 */
#include <tutti/sync.h>

#define MS TUTTI_USEC_PER_MSEC
#define S G_USEC_PER_SEC
#define NOW (5000 * (gint64)S)
#define VOICE 11
#define CAMERA 22
#define SCREEN 33
/* The peer's clocks when ours is NOW: NTP, and its streams' timestamps, which wrap soon. */
#define PEER_S G_GUINT64_CONSTANT (3900000000)
#define VOICE_RTP 0xffffff00u
#define CAMERA_RTP 0xfffffff0u

/* The peer's clock `us` after NOW. */
static guint64
ntp_at (gint64 us)
{
    gint64 seconds = us >= 0 ? us / S : -((-us + S - 1) / S);

    return (PEER_S + seconds) << 32 | ((guint64)(us - seconds * S) << 32) / S;
}

static guint32
voice_at (gint64 us)
{
    return VOICE_RTP + (guint32)(us * 48 / 1000);
}

static guint32
camera_at (gint64 us)
{
    return CAMERA_RTP + (guint32)(us * 90 / 1000);
}

static void
report (TuttiSync *sync, TuttiTrack track, gint64 us)
{
    gboolean is_voice = track == TUTTI_TRACK_AUDIO;
    TuttiSyncReport report = {is_voice                      ? VOICE
                              : track == TUTTI_TRACK_CAMERA ? CAMERA
                                                            : SCREEN,
                              is_voice ? voice_at (us) : camera_at (us), ntp_at (us)};

    tutti_sync_take_report (sync, &report, NOW + us);
}

/* What was said `delay_us` ago is played now, for a second. */
static gint64
play (TuttiSync *sync, gint64 from_us, gint64 delay_us)
{
    gint64 us;

    for (us = from_us; us < from_us + S; us += TUTTI_ROUND_US)
        tutti_sync_play (sync, VOICE, voice_at (us - delay_us), NOW + us);
    return us - TUTTI_ROUND_US;
}

static gint64
find_due (TuttiSync *sync, TuttiTrack track, guint32 ssrc, guint32 rtp_time, gint64 now_us)
{
    TuttiSyncPicture picture = {track, ssrc, rtp_time, now_us};

    return tutti_sync_find_due (sync, &picture, now_us);
}

/* How long the picture that was captured `age_us` ago waits. */
static gint64
wait_of (TuttiSync *sync, gint64 us, gint64 age_us)
{
    return find_due (sync, TUTTI_TRACK_CAMERA, CAMERA, camera_at (us - age_us), NOW + us) -
           (NOW + us);
}

static TuttiSync *
sync_new (void)
{
    TuttiSync *sync = tutti_sync_new ();

    report (sync, TUTTI_TRACK_AUDIO, -500 * MS);
    report (sync, TUTTI_TRACK_CAMERA, -300 * MS);
    return sync;
}

#define assert_near(value, wanted, by) g_assert_cmpint (ABS ((value) - (wanted)), <=, by)

static void
test_meet (void)
{
    g_autoptr (TuttiSync) sync = sync_new ();
    gint64 us = play (sync, 0, 180 * MS);

    assert_near (wait_of (sync, us, 60 * MS), 120 * MS, MS);
    assert_near (wait_of (sync, us, 180 * MS), 0, MS);
    g_assert_cmpint (wait_of (sync, us, 300 * MS), ==, 0); /* late */
    /* timestamps have wrapped, and reports are of minutes ago */
    us = play (sync, 20 * S, 180 * MS);
    assert_near (wait_of (sync, us, 60 * MS), 120 * MS, MS);
}

/* A screen has its own report. */
static void
test_screen (void)
{
    g_autoptr (TuttiSync) sync = sync_new ();
    TuttiSyncReport report = {SCREEN, 777, ntp_at (0)};
    gint64 us = play (sync, 0, 100 * MS);

    g_assert_cmpint (find_due (sync, TUTTI_TRACK_SCREEN, SCREEN, 777, NOW + us), ==, NOW + us);
    tutti_sync_take_report (sync, &report, NOW);
    assert_near (find_due (sync, TUTTI_TRACK_SCREEN, SCREEN,
                           777 + (guint32)((us - 40 * MS) * 90 / 1000), NOW + us),
                 NOW + us + 60 * MS, MS);
}

static void
test_unknown (void)
{
    g_autoptr (TuttiSync) sync = tutti_sync_new ();
    gint64 us = play (sync, 0, 180 * MS);

    g_assert_cmpint (wait_of (sync, us, 0), ==, 0); /* no reports */
    report (sync, TUTTI_TRACK_CAMERA, us);
    us = play (sync, us, 180 * MS);
    g_assert_cmpint (wait_of (sync, us, 0), ==, 0); /* none of the voice */
    report (sync, TUTTI_TRACK_AUDIO, us);
    g_assert_cmpint (wait_of (sync, us, 0), ==, 0); /* nothing played since */
    us = play (sync, us, 180 * MS);
    assert_near (wait_of (sync, us, 0), 180 * MS, MS);
    /* other streams' timestamps mean nothing */
    g_assert_cmpint (find_due (sync, TUTTI_TRACK_CAMERA, CAMERA + 1, camera_at (us), NOW + us), ==,
                     NOW + us);
    tutti_sync_play (sync, VOICE + 1, 12345, NOW + us);
    assert_near (wait_of (sync, us, 0), 180 * MS, MS);
}

/* Muted, or in DTX: a second later nothing waits any more; when sound is back, it does again. */
static void
test_silence (void)
{
    g_autoptr (TuttiSync) sync = sync_new ();
    gint64 us = play (sync, 0, 100 * MS);

    assert_near (wait_of (sync, us + 900 * MS, 0), 100 * MS, MS);
    g_assert_cmpint (wait_of (sync, us + 1100 * MS, 0), ==, 0);
    tutti_sync_play (sync, VOICE, voice_at (us + 2 * S - 150 * MS), NOW + us + 2 * S);
    assert_near (wait_of (sync, us + 2 * S, 0), 150 * MS, MS);
}

/* Reports cease: what they said is believed for a while. */
static void
test_old_reports (void)
{
    g_autoptr (TuttiSync) sync = sync_new ();
    gint64 us = play (sync, 25 * S, 100 * MS);

    assert_near (wait_of (sync, us, 0), 100 * MS, MS);
    us = play (sync, 40 * S, 100 * MS);
    g_assert_cmpint (wait_of (sync, us, 0), ==, 0);
}

/* The buffer's delay changes by a step: pictures follow within some rounds, none jumps. */
static void
test_step (void)
{
    g_autoptr (TuttiSync) sync = sync_new ();
    gint64 us = play (sync, 0, 100 * MS), wait_us, before_us = 100 * MS;

    for (guint i = 0; i < 40; i++) {
        us += TUTTI_ROUND_US;
        tutti_sync_play (sync, VOICE, voice_at (us - 160 * MS), NOW + us);
        wait_us = wait_of (sync, us, 0);
        g_assert_cmpint (wait_us, >=, before_us - MS);
        g_assert_cmpint (wait_us - before_us, <=, 9 * MS);
        before_us = wait_us;
    }
    assert_near (wait_us, 160 * MS, 2 * MS);
    /* the sound begins anew elsewhere: at once */
    us += TUTTI_ROUND_US;
    tutti_sync_play (sync, VOICE, voice_at (us - 20 * MS), NOW + us);
    assert_near (wait_of (sync, us, 0), 20 * MS, MS);
}

/* A picture paced to come later than its sound: a little later it may be, as it is paced where
 * there is none. */
static void
test_paced (void)
{
    g_autoptr (TuttiSync) sync = sync_new ();
    gint64 us = play (sync, 0, 100 * MS);
    TuttiSyncPicture picture = {TUTTI_TRACK_CAMERA, CAMERA, camera_at (us - 80 * MS),
                                NOW + us + 50 * MS};

    /* with the sound: in 20 ms */
    assert_near (tutti_sync_find_due (sync, &picture, NOW + us), NOW + us + 50 * MS, MS);
    picture.paced_us = NOW + us + 90 * MS;
    assert_near (tutti_sync_find_due (sync, &picture, NOW + us), NOW + us + 60 * MS, MS);
    picture.paced_us = NOW + us;
    assert_near (tutti_sync_find_due (sync, &picture, NOW + us), NOW + us + 20 * MS, MS);
    picture.ssrc++;
    picture.paced_us = NOW + us + 90 * MS;
    g_assert_cmpint (tutti_sync_find_due (sync, &picture, NOW + us), ==, NOW + us + 90 * MS);
}

/* Sound that obeys the delay it is asked for by small steps, and a picture `late_us` later than the
 * sound would be of itself, for so many seconds. Gives the lag at the end. */
static gint64
obey (TuttiSync *sync, gint64 *us, gint64 late_us, guint seconds)
{
    static gint64 delay_us;
    gint64 end_us = *us + seconds * (gint64)S, lag_us = 0;

    for (; *us < end_us; *us += TUTTI_ROUND_US) {
        gint64 now_us = NOW + *us, wanted_us = tutti_sync_get_delay_us (sync, now_us);
        TuttiSyncPicture picture = {TUTTI_TRACK_CAMERA, CAMERA, camera_at (*us - 50 * MS - late_us),
                                    now_us};

        delay_us += CLAMP (wanted_us - delay_us, -MS, MS);
        tutti_sync_play (sync, VOICE, voice_at (*us - 50 * MS - delay_us), now_us);
        if (late_us != 0)
            tutti_sync_find_due (sync, &picture, now_us);
        if (*us % (5 * S) == 0) {
            report (sync, TUTTI_TRACK_AUDIO, *us);
            report (sync, TUTTI_TRACK_CAMERA, *us);
        }
        lag_us = late_us - delay_us;
    }
    return lag_us;
}

static void
test_delay (void)
{
    g_autoptr (TuttiSync) sync = sync_new ();
    gint64 us = 0, lag_us;

    g_assert_cmpint (obey (sync, &us, 30 * MS, 5), ==, 30 * MS); /* nobody notices */
    lag_us = obey (sync, &us, 90 * MS, 10);
    g_assert_cmpint (lag_us, >, 0);
    g_assert_cmpint (lag_us, <=, 41 * MS);
    /* it has a limit, and stays there */
    g_assert_cmpint (obey (sync, &us, 250 * MS, 10), ==, 250 * MS - TUTTI_SYNC_DELAY_MAX_US);
    g_assert_cmpint (tutti_sync_get_delay_us (sync, NOW + us), ==, TUTTI_SYNC_DELAY_MAX_US);
    /* the way is good again */
    g_assert_cmpint (obey (sync, &us, 10 * MS, 15), >=, -30 * MS);
    /* nobody sees it */
    obey (sync, &us, 90 * MS, 10);
    g_assert_cmpint (obey (sync, &us, 0, 5), ==, 0);
    g_assert_cmpint (tutti_sync_get_delay_us (sync, NOW + us), ==, 0);
}

/* The camera changes its layer: the other's reports came before. */
static void
test_layers (void)
{
    g_autoptr (TuttiSync) sync = sync_new ();
    TuttiSyncReport report = {SCREEN, 4711, ntp_at (0)};
    gint64 us = play (sync, 0, 180 * MS);

    tutti_sync_take_report (sync, &report, NOW);
    assert_near (wait_of (sync, us, 60 * MS), 120 * MS, MS);
    assert_near (find_due (sync, TUTTI_TRACK_CAMERA, SCREEN,
                           4711 + (guint32)((us - 60 * MS) * 90 / 1000), NOW + us),
                 NOW + us + 120 * MS, MS);
    /* a flood of strange streams is no more than that */
    for (guint i = 0; i < 1000; i++) {
        report.ssrc = 1000 + i;
        tutti_sync_take_report (sync, &report, NOW + us);
    }
    g_assert_cmpint (wait_of (sync, us, 60 * MS), ==, 0);
}

/* Whatever a peer says of its clocks, no picture waits longer than the limit. */
static void
test_lies (void)
{
    g_autoptr (TuttiSync) sync = sync_new ();
    GRand *rand = g_rand_new_with_seed (7);
    gint64 us = play (sync, 0, 100 * MS);

    assert_near (wait_of (sync, us, -700 * MS), TUTTI_SYNC_HOLD_MAX_US, 0);
    g_assert_cmpint (wait_of (sync, us, -2 * (gint64)S), ==, 0);
    for (guint i = 0; i < 20000; i++) {
        TuttiSyncReport lie = {g_rand_boolean (rand) ? VOICE : CAMERA, g_rand_int (rand),
                               (guint64)g_rand_int (rand) << 32 | g_rand_int (rand)};
        gint64 wait_us;

        us += 5 * MS;
        tutti_sync_take_report (sync, &lie, NOW + us);
        tutti_sync_play (sync, VOICE, g_rand_int (rand), NOW + us);
        wait_us = wait_of (sync, us, 0);
        g_assert_cmpint (wait_us, >=, 0);
        g_assert_cmpint (wait_us, <=, TUTTI_SYNC_HOLD_MAX_US);
    }
    /* and the truth mends it */
    report (sync, TUTTI_TRACK_AUDIO, us);
    report (sync, TUTTI_TRACK_CAMERA, us);
    us = play (sync, us, 100 * MS);
    assert_near (wait_of (sync, us, 0), 100 * MS, MS);
    g_rand_free (rand);
}

/* Where it lies, after NOW; G_MININT64: not known. */
static gint64
place_of (TuttiSync *sync, TuttiTrack track, guint32 rtp_time, gint64 us)
{
    TuttiSyncPicture media = {track, track == TUTTI_TRACK_AUDIO ? VOICE : CAMERA, rtp_time, 0};
    gint64 place_us;

    return tutti_sync_find_place (sync, &media, NOW + us, &place_us) ? place_us - NOW : G_MININT64;
}

/* What is written half a second later lies where it was played, though the delay is another now. */
static void
test_place (void)
{
    g_autoptr (TuttiSync) sync = tutti_sync_new ();
    gint64 us;

    g_assert_cmpint (place_of (sync, TUTTI_TRACK_AUDIO, voice_at (0), 0), ==, G_MININT64);
    us = play (sync, 0, 100 * MS); /* without any report */
    us = play (sync, us + 20 * MS, 180 * MS);
    assert_near (place_of (sync, TUTTI_TRACK_AUDIO, voice_at (us - 500 * MS), us), us - 320 * MS,
                 MS);
    assert_near (place_of (sync, TUTTI_TRACK_AUDIO, voice_at (us), us), us + 180 * MS, MS);
    assert_near (place_of (sync, TUTTI_TRACK_AUDIO, voice_at (us - 1200 * MS), us), us - 1100 * MS,
                 MS);
    g_assert_cmpint (place_of (sync, TUTTI_TRACK_AUDIO, voice_at (us) + 0x40000000, us), ==,
                     G_MININT64);
    g_assert_cmpint (place_of (sync, TUTTI_TRACK_CAMERA, camera_at (us), us), ==, G_MININT64);
    report (sync, TUTTI_TRACK_AUDIO, us);
    report (sync, TUTTI_TRACK_CAMERA, us);
    us = play (sync, us + 20 * MS, 180 * MS);
    assert_near (place_of (sync, TUTTI_TRACK_CAMERA, camera_at (us - 300 * MS), us), us - 120 * MS,
                 MS);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/sync/meet", test_meet);
    g_test_add_func ("/sync/screen", test_screen);
    g_test_add_func ("/sync/unknown", test_unknown);
    g_test_add_func ("/sync/silence", test_silence);
    g_test_add_func ("/sync/old-reports", test_old_reports);
    g_test_add_func ("/sync/step", test_step);
    g_test_add_func ("/sync/paced", test_paced);
    g_test_add_func ("/sync/delay", test_delay);
    g_test_add_func ("/sync/layers", test_layers);
    g_test_add_func ("/sync/lies", test_lies);
    g_test_add_func ("/sync/place", test_place);
    return g_test_run ();
}
