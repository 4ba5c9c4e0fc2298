/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pictures.c: see pictures.h. Roles: main, on_tick() video.
 */
#include <tutti/clock.h>

#include "pictures.h"

struct _TuttiPictures {
    TuttiJob *job;
    guint frame_rate;
    gint64 start_us;
    TuttiHandover *handover; /* of TuttiReel */

    gint64 last; /* the tick's: number of the last one */
    gint late;   /* atomic */
};

/* --- Reels --- */

static void
clear_frame (gpointer data)
{
    TuttiFrame *frame = data;

    tutti_scene_unref (frame->scene);
    g_free (frame->outlets);
}

static void
reel_free (gpointer reel)
{
    g_array_unref (reel);
}

TuttiReel *
tutti_reel_new (void)
{
    GArray *reel = g_array_new (FALSE, FALSE, sizeof (TuttiFrame));

    g_array_set_clear_func (reel, clear_frame);
    return reel;
}

void
tutti_reel_add (TuttiReel *reel, TuttiVideoMixer *mixer, TuttiScene *scene,
                const GPtrArray *outlets)
{
    TuttiFrame frame = {
        .mixer = mixer,
        .scene = scene,
        .n_outlets = outlets->len,
        .outlets = g_memdup2 (outlets->pdata, outlets->len * sizeof (gpointer)),
    };

    g_array_append_val (reel, frame);
}

/* --- The tick; role: video --- */

/* Whether tick k of frame_rate is also one of a lower rate. */
static gboolean
is_turn (gint64 k, guint frame_rate, guint lower_rate)
{
    return k * lower_rate / frame_rate != (k - 1) * lower_rate / frame_rate;
}

static void
send_picture (TuttiOutlet *outlet, TuttiPicture *picture, gboolean turn)
{
    if (picture) {
        g_clear_pointer (&outlet->owed, tutti_picture_unref);
        outlet->owed = tutti_picture_ref (picture);
    }
    if (!turn || !outlet->owed || !outlet->rendition)
        return;
    tutti_rendition_push (outlet->rendition, outlet->owed);
    g_clear_pointer (&outlet->owed, tutti_picture_unref);
}

static void
tick (TuttiPictures *pictures, const TuttiReel *reel, gint64 k, gint64 due_us)
{
    for (guint i = 0; i < reel->len; i++) {
        const TuttiFrame *frame = &g_array_index (reel, TuttiFrame, i);
        g_autoptr (TuttiPicture) picture =
            tutti_video_mixer_tick (frame->mixer, frame->scene, due_us);

        for (guint o = 0; o < frame->n_outlets; o++) {
            TuttiOutlet *outlet = frame->outlets[o];
            send_picture (outlet, picture, is_turn (k, pictures->frame_rate, outlet->frame_rate));
        }
    }
}

/* When something may change by itself. 0: at any time, or somebody is owed a picture; G_MAXINT64:
 * never. */
static gint64
find_due (const TuttiReel *reel)
{
    gint64 due_us = G_MAXINT64;

    for (guint i = 0; i < reel->len; i++) {
        const TuttiFrame *frame = &g_array_index (reel, TuttiFrame, i);

        due_us = MIN (due_us, tutti_video_mixer_get_due (frame->mixer));
        for (guint o = 0; o < frame->n_outlets; o++) {
            if (frame->outlets[o]->owed)
                return 0;
        }
    }
    return due_us;
}

static gint64
due_of (const TuttiPictures *pictures, gint64 k)
{
    return pictures->start_us + k * G_USEC_PER_SEC / pictures->frame_rate;
}

/* The number of the latest tick that is due; rounded up first, as due times were rounded down. */
static gint64
number_at (const TuttiPictures *pictures, gint64 now_us)
{
    return ((now_us - pictures->start_us + 1) * pictures->frame_rate - 1) / G_USEC_PER_SEC;
}

/* The next tick, or the one at which something is due: nobody misses those between. */
static void
plan (TuttiPictures *pictures, gint64 k, gint64 due_us)
{
    gint64 next_us = due_of (pictures, k + 1);

    if (due_us > next_us)
        pictures->last = 0;
    if (due_us == G_MAXINT64)
        return;
    if (due_us > next_us)
        next_us = due_of (pictures, number_at (pictures, due_us) + 1);
    tutti_job_push_at (pictures->job, next_us);
}

static void
on_tick (gpointer user_data, gint64 now_us)
{
    TuttiPictures *pictures = user_data;
    const TuttiReel *reel = tutti_handover_begin (pictures->handover);
    gint64 k = number_at (pictures, now_us);
    gint64 due_us = 0;

    if (!reel || reel->len == 0) {
        pictures->last = 0;
        tutti_handover_end (pictures->handover);
        return;
    }
    if (pictures->last == 0) {
        pictures->last = k; /* tick k is before what has woken us: the next one shows it */
    } else if (k > pictures->last) {
        g_atomic_int_add (&pictures->late, (gint)(k - pictures->last - 1));
        pictures->last = k;
        tick (pictures, reel, k, due_of (pictures, k));
        due_us = find_due (reel);
    }
    tutti_handover_end (pictures->handover);
    plan (pictures, k, due_us);
}

/* --- Main --- */

TuttiPictures *
tutti_pictures_new (TuttiJobs *jobs, TuttiClock *clock, guint frame_rate)
{
    TuttiPictures *pictures = g_new0 (TuttiPictures, 1);

    pictures->frame_rate = MAX (frame_rate, 1);
    pictures->start_us = tutti_clock_now_us (clock);
    pictures->handover = tutti_handover_new (reel_free);
    pictures->job = tutti_job_new (jobs, "pictures", on_tick, pictures);
    return pictures;
}

void
tutti_pictures_free (TuttiPictures *pictures)
{
    if (!pictures)
        return;
    /* Renditions wake it until they are freed with what was handed over. */
    tutti_job_end (pictures->job);
    tutti_handover_free (pictures->handover);
    tutti_job_free (pictures->job);
    g_free (pictures);
}

void
tutti_pictures_set_reel (TuttiPictures *pictures, TuttiReel *reel)
{
    gboolean is_running = reel->len > 0;

    tutti_handover_give (pictures->handover, reel);
    if (is_running)
        tutti_job_push (pictures->job);
}

void
tutti_pictures_wake (TuttiPictures *pictures)
{
    tutti_job_push (pictures->job);
}

TuttiHandover *
tutti_pictures_get_handover (TuttiPictures *pictures)
{
    return pictures->handover;
}

guint
tutti_pictures_get_late (TuttiPictures *pictures)
{
    return (guint)g_atomic_int_get (&pictures->late);
}
