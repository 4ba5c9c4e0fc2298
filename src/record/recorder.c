/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recorder.c: main's side of a recording: what it orders, and what it may know without asking the
 * thread (recorder-job.c). Role: main.
 */
#include "recorder.h"

#include <tutti/clock.h>
#include <tutti/error.h>
#include <tutti/role.h>

#include "recorder-job.h"
#include "timeline.h"

struct _TuttiRecorder {
    TuttiRecorderJob *job;
    char *take, *file;
    TuttiWish *key_frame; /* the job's */
    void (*told) (TuttiRecorder *recorder, gpointer user_data);
    gpointer user_data;
    TuttiTimeline timeline; /* as ordered; the job follows a little later */
    gint64 stopped_us;      /* 0: not ordered */
};

static const char *const state_names[] = {
    [TUTTI_RECORDER_ON] = "on",         [TUTTI_RECORDER_PAUSED] = "paused",
    [TUTTI_RECORDER_ENDING] = "ending", [TUTTI_RECORDER_DONE] = "done",
    [TUTTI_RECORDER_FAILED] = "failed",
};

static gboolean
can_hold (TuttiContainer container, TuttiCodec codec)
{
    if (codec == TUTTI_CODEC_NONE || container == TUTTI_CONTAINER_MKV)
        return TRUE;
    return codec == (container == TUTTI_CONTAINER_WEBM ? TUTTI_CODEC_VP8 : TUTTI_CODEC_H264);
}

static void
wish (TuttiRecorder *self)
{
    if (self->key_frame != NULL)
        tutti_wish_make (self->key_frame);
}

static void
on_told (gpointer user_data)
{
    TuttiRecorder *self = user_data;

    if (self->told != NULL)
        self->told (self, self->user_data);
}

const char *
tutti_recorder_state_name (TuttiRecorderState state)
{
    return state_names[state];
}

TuttiRecorder *
tutti_recorder_new (const TuttiRecorderSetup *setup, GError **error)
{
    gint64 now_us = tutti_clock_now_us (tutti_clock_real ());
    g_autofree char *take = NULL;
    TuttiRecorder *self;

    tutti_assert_role (TUTTI_ROLE_MAIN);
    if (!can_hold (setup->container, setup->video_codec)) {
        g_set_error (error, TUTTI_ERROR, TUTTI_ERROR_UNSUPPORTED, "%s can't hold these pictures",
                     tutti_container_name (setup->container));
        return NULL;
    }
    take =
        tutti_store_begin (setup->store, setup->room, setup->container, g_get_real_time (), error);
    if (take == NULL)
        return NULL;
    self = g_new0 (TuttiRecorder, 1);
    self->file = g_strdup_printf ("%s.%s", take, tutti_container_name (setup->container));
    self->take = g_steal_pointer (&take);
    self->told = setup->told;
    self->user_data = setup->user_data;
    self->key_frame = setup->key_frame;
    tutti_timeline_start (&self->timeline, now_us);
    self->job = tutti_recorder_job_new (setup, self->take, now_us, on_told, self);
    wish (self);
    return self;
}

void
tutti_recorder_free (TuttiRecorder *self)
{
    gint64 now_us = g_get_monotonic_time ();

    if (self == NULL)
        return;
    tutti_recorder_stop (self, now_us, NULL);
    tutti_recorder_job_wait (self->job, now_us + TUTTI_RECORDER_PATIENCE_US);
    tutti_recorder_job_forget (self->job);
    tutti_recorder_job_unref (self->job);
    g_free (self->take);
    g_free (self->file);
    g_free (self);
}

TuttiQueue *
tutti_recorder_get_input (TuttiRecorder *self, TuttiKind kind)
{
    return tutti_recorder_job_get_input (self->job, kind);
}

const char *
tutti_recorder_get_take (TuttiRecorder *self)
{
    return self->take;
}

const char *
tutti_recorder_get_file (TuttiRecorder *self)
{
    return self->file;
}

void
tutti_recorder_pause (TuttiRecorder *self, gint64 now_us)
{
    if (self->timeline.paused_since_us != 0 || self->stopped_us != 0)
        return;
    tutti_timeline_pause (&self->timeline, now_us);
    tutti_recorder_job_post (self->job,
                             &(TuttiOrder){.kind = TUTTI_ORDER_PAUSE, .time_us = now_us});
}

void
tutti_recorder_resume (TuttiRecorder *self, gint64 now_us)
{
    if (self->timeline.paused_since_us == 0 || self->stopped_us != 0)
        return;
    tutti_timeline_resume (&self->timeline, now_us);
    tutti_recorder_job_post (self->job,
                             &(TuttiOrder){.kind = TUTTI_ORDER_RESUME, .time_us = now_us});
    wish (self);
}

void
tutti_recorder_stop (TuttiRecorder *self, gint64 now_us, const char *why)
{
    if (self->stopped_us != 0)
        return;
    self->stopped_us = now_us;
    tutti_recorder_job_post (
        self->job,
        &(TuttiOrder){.kind = TUTTI_ORDER_STOP, .time_us = now_us, .note = {.value = why}});
}

void
tutti_recorder_note (TuttiRecorder *self, const TuttiNote *note)
{
    tutti_recorder_job_post (
        self->job,
        &(TuttiOrder){.kind = TUTTI_ORDER_NOTE, .time_us = note->time_us, .note = *note});
}

void
tutti_recorder_add_track (TuttiRecorder *self, TuttiTrackFile *track)
{
    tutti_recorder_job_post (self->job,
                             &(TuttiOrder){.kind = TUTTI_ORDER_ADD_TRACK, .track = track});
}

void
tutti_recorder_drop_track (TuttiRecorder *self, TuttiTrackFile *track)
{
    tutti_recorder_job_post (self->job,
                             &(TuttiOrder){.kind = TUTTI_ORDER_DROP_TRACK, .track = track});
}

void
tutti_recorder_get_stats (TuttiRecorder *self, TuttiRecorderStats *stats)
{
    gint64 now_us =
        self->stopped_us != 0 ? self->stopped_us : tutti_clock_now_us (tutti_clock_real ());

    tutti_recorder_job_get_stats (self->job, stats);
    if (stats->state != TUTTI_RECORDER_ON)
        return;
    stats->length_us = tutti_timeline_get_length_us (&self->timeline, now_us);
    if (self->stopped_us != 0)
        stats->state = TUTTI_RECORDER_ENDING;
    else if (self->timeline.paused_since_us != 0)
        stats->state = TUTTI_RECORDER_PAUSED;
}
