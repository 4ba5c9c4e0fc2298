/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sync.c: one participant's times brought together: the peer's clock by its sender reports, ours by
 * what is played. Any thread.
 *
 *   timestamp -> [track's report] -> the peer's clock -> [offset, by the sound] -> our clock
 */
#include <tutti/sync.h>

#include <stdatomic.h>

/* Without sound for so long, nothing is to be waited for. */
#define SILENT_US G_USEC_PER_SEC
/* Reports come each 5 s at most (RFC 3550 section 6.2); clocks drift 100 ppm: 3 ms until then. */
#define REPORT_MAX_US (30 * G_USEC_PER_SEC)
/* No path delays sound so much longer than its picture: one of the clocks is wrong. */
#define DISBELIEF_US G_USEC_PER_SEC
/* The jitter buffer adapts by steps of some 10 ms, and rounds are late: pictures follow within some
 * rounds, but at once where the sound jumped by more than a step. */
#define FOLLOW_SHARE 8
#define JUMP_US (100 * TUTTI_USEC_PER_MSEC)

/* Pictures may be later than their sound by this, and as much again at times: below 45 ms nobody
 * notices (ITU-R BT.1359-1); at worst, what is still bearable there. */
#define LAG_US (20 * TUTTI_USEC_PER_MSEC)
#define LAG_WORST_US (100 * TUTTI_USEC_PER_MSEC)
/* Of a picture's lag: at 30 a second, the greater part is asked for within two seconds. */
#define ASK_SHARE 64
/* Nobody saw pictures for so long. */
#define ASKED_US (2 * G_USEC_PER_SEC)
#define NEEDED_KNOWN (1 << 16)

/* A voice, a camera and a screen of three layers each, and the repairs of all of them: 14. Of more
 * streams the newest reports are kept. */
#define REPORTS_MAX 16

/* Rounds that are remembered: more than a file keeps packets back, and than its thread is late. */
#define ROUNDS_KEPT 64
/* Further away from all of them nothing is known: the sound has paused, or begun anew. */
#define REACH_US (2 * G_USEC_PER_SEC)

typedef struct {
    gboolean is_known;
    guint32 ssrc, rtp_time;
    gint64 peer_us, came_us; /* the peer's clock, ours */
} Report;

typedef struct {
    guint32 ssrc, rtp_time;
    gint64 at_us;
} Round;

struct _TuttiSync {
    _Atomic int references;
    _Atomic gint64 patience_us[TUTTI_N_TRACKS];
    _Atomic gint64 delay_us, asked_us;      /* wanted of the sound, and when last */
    _Atomic guint64 needed[TUTTI_N_TRACKS]; /* SSRC, NEEDED_KNOWN, number */

    GMutex lock; /* of the rest */
    Report reports[REPORTS_MAX];
    gboolean has_played;
    gint64 offset_us; /* from the peer's clock to ours, for what is played */
    gint64 played_us;
    guint n_rounds; /* ever */
    Round rounds[ROUNDS_KEPT];
};

/* NTP's 2^32 s are 4.3e15 us: sums of some of them don't overflow. */
static gint64
to_us (guint64 ntp)
{
    return (gint64)((ntp >> 32) * G_USEC_PER_SEC +
                    (((ntp & G_MAXUINT32) * (guint64)G_USEC_PER_SEC) >> 32));
}

/* FALSE: nothing is known of that stream, or since too long ago. */
static gboolean
find_peer_time (const TuttiSync *sync, const TuttiSyncPicture *media, gint64 now_us,
                gint64 *peer_us)
{
    gint64 rate_hz = media->track == TUTTI_TRACK_AUDIO ? TUTTI_RATE_HZ : TUTTI_VIDEO_CLOCK_HZ;

    for (guint i = 0; i < REPORTS_MAX; i++) {
        const Report *report = &sync->reports[i];

        if (!report->is_known || report->ssrc != media->ssrc ||
            now_us - report->came_us > REPORT_MAX_US)
            continue;
        *peer_us = report->peer_us +
                   (gint64)(gint32)(media->rtp_time - report->rtp_time) * G_USEC_PER_SEC / rate_hz;
        return TRUE;
    }
    return FALSE;
}

/* The stream's, a free one, or the one that was told longest ago. */
static Report *
find_place (TuttiSync *sync, guint32 ssrc)
{
    Report *oldest = &sync->reports[0];

    for (guint i = 0; i < REPORTS_MAX; i++) {
        Report *report = &sync->reports[i];

        if (report->is_known && report->ssrc == ssrc)
            return report;
        if (oldest->is_known && (!report->is_known || report->came_us < oldest->came_us))
            oldest = report;
    }
    return oldest;
}

static void
follow (TuttiSync *sync, gint64 offset_us, gint64 now_us)
{
    gint64 step_us = offset_us - sync->offset_us;
    gboolean is_new = !sync->has_played || now_us - sync->played_us > SILENT_US;

    sync->offset_us += is_new || ABS (step_us) > JUMP_US ? step_us : step_us / FOLLOW_SHARE;
    sync->has_played = TRUE;
    sync->played_us = now_us;
}

/* When the sound of the picture is played. FALSE: not known, or not to be believed. */
static gboolean
find_sound (const TuttiSync *sync, const TuttiSyncPicture *picture, gint64 now_us, gint64 *sound_us)
{
    gint64 peer_us;

    if (!sync->has_played || now_us - sync->played_us > SILENT_US ||
        !find_peer_time (sync, picture, now_us, &peer_us))
        return FALSE;
    *sound_us = peer_us + sync->offset_us;
    return ABS (*sound_us - now_us) <= DISBELIEF_US;
}

/* By the round that played what is nearest to it. */
static gboolean
find_round (const TuttiSync *sync, const TuttiSyncPicture *sound, gint64 *place_us)
{
    gint64 nearest_us = REACH_US;

    for (guint i = 0; i < MIN (sync->n_rounds, ROUNDS_KEPT); i++) {
        const Round *round = &sync->rounds[i];
        gint64 later_us =
            (gint64)(gint32)(sound->rtp_time - round->rtp_time) * G_USEC_PER_SEC / TUTTI_RATE_HZ;

        if (round->ssrc != sound->ssrc || ABS (later_us) >= nearest_us)
            continue;
        nearest_us = ABS (later_us);
        *place_us = round->at_us + later_us;
    }
    return nearest_us < REACH_US;
}

/* lag_us: how much later than its sound a picture would be shown. What is asked for follows slowly,
 * since the sound does so. */
static void
ask_delay (TuttiSync *sync, gint64 lag_us, gint64 now_us)
{
    gint64 delay_us = tutti_sync_get_delay_us (sync, now_us);
    gint64 off_us = lag_us - LAG_US;

    if (ABS (off_us) > LAG_US)
        delay_us = CLAMP (delay_us + off_us / ASK_SHARE, 0, TUTTI_SYNC_DELAY_MAX_US);
    atomic_store (&sync->delay_us, delay_us);
    atomic_store (&sync->asked_us, now_us);
}

/* Where the sound can't wait any longer, lips that are late are better than a picture that jerks.
 */
static gint64
lag_max_us (TuttiSync *sync)
{
    return atomic_load (&sync->delay_us) == TUTTI_SYNC_DELAY_MAX_US ? LAG_WORST_US : 2 * LAG_US;
}

TuttiSync *
tutti_sync_new (void)
{
    TuttiSync *sync = g_new0 (TuttiSync, 1);

    atomic_init (&sync->references, 1);
    atomic_init (&sync->asked_us, -ASKED_US);
    for (guint i = 0; i < TUTTI_N_TRACKS; i++)
        atomic_init (&sync->patience_us[i], TUTTI_SYNC_PATIENCE_US);
    g_mutex_init (&sync->lock);
    return sync;
}

TuttiSync *
tutti_sync_ref (TuttiSync *sync)
{
    atomic_fetch_add (&sync->references, 1);
    return sync;
}

void
tutti_sync_unref (TuttiSync *sync)
{
    if (!sync || atomic_fetch_sub (&sync->references, 1) > 1)
        return;
    g_mutex_clear (&sync->lock);
    g_free (sync);
}

void
tutti_sync_take_report (TuttiSync *sync, const TuttiSyncReport *report, gint64 now_us)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&sync->lock);

    *find_place (sync, report->ssrc) =
        (Report){TRUE, report->ssrc, report->rtp_time, to_us (report->ntp), now_us};
}

void
tutti_sync_play (TuttiSync *sync, guint32 ssrc, guint32 rtp_time, gint64 now_us)
{
    TuttiSyncPicture sound = {TUTTI_TRACK_AUDIO, ssrc, rtp_time, now_us};
    gint64 peer_us;

    if (!g_mutex_trylock (&sync->lock)) /* the next round tells */
        return;
    sync->rounds[sync->n_rounds++ % ROUNDS_KEPT] = (Round){ssrc, rtp_time, now_us};
    if (find_peer_time (sync, &sound, now_us, &peer_us))
        follow (sync, now_us - peer_us, now_us);
    g_mutex_unlock (&sync->lock);
}

gint64
tutti_sync_find_due (TuttiSync *sync, const TuttiSyncPicture *picture, gint64 now_us)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&sync->lock);
    gint64 due_us = picture->paced_us, sound_us;

    if (find_sound (sync, picture, now_us, &sound_us)) {
        if (picture->track == TUTTI_TRACK_CAMERA)
            ask_delay (sync, picture->paced_us - sound_us, now_us);
        due_us = MAX (sound_us, MIN (picture->paced_us, sound_us + lag_max_us (sync)));
    }
    return CLAMP (due_us, now_us, now_us + TUTTI_SYNC_HOLD_MAX_US);
}

gboolean
tutti_sync_find_place (TuttiSync *sync, const TuttiSyncPicture *media, gint64 now_us,
                       gint64 *place_us)
{
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&sync->lock);
    gint64 found_us;

    if (media->track == TUTTI_TRACK_AUDIO) {
        if (!find_round (sync, media, &found_us))
            return FALSE;
    } else if (!find_sound (sync, media, now_us, &found_us)) {
        return FALSE;
    }
    if (ABS (found_us - now_us) > REACH_US)
        return FALSE;
    *place_us = found_us;
    return TRUE;
}

gint64
tutti_sync_get_delay_us (TuttiSync *sync, gint64 now_us)
{
    if (now_us - atomic_load (&sync->asked_us) > ASKED_US)
        return 0;
    return atomic_load (&sync->delay_us);
}

void
tutti_sync_set_patience (TuttiSync *sync, TuttiTrack track, gint64 patience_us)
{
    atomic_store (&sync->patience_us[track], patience_us);
}

gint64
tutti_sync_get_patience_us (TuttiSync *sync, TuttiTrack track)
{
    return atomic_load (&sync->patience_us[track]);
}

void
tutti_sync_set_needed (TuttiSync *sync, TuttiTrack track, guint32 ssrc, guint16 seq)
{
    atomic_store (&sync->needed[track], (guint64)ssrc << 32 | NEEDED_KNOWN | seq);
}

gboolean
tutti_sync_get_needed (TuttiSync *sync, TuttiTrack track, guint32 ssrc, guint16 *seq)
{
    guint64 needed = atomic_load (&sync->needed[track]);

    if (!(needed & NEEDED_KNOWN) || needed >> 32 != ssrc)
        return FALSE;
    *seq = (guint16)needed;
    return TRUE;
}
