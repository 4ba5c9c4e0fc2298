/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recorder-work.c: see recorder-work.h. Role: file.
 *
 *   orders (pause, notes, tracks, stop) --\
 *   queues -> mix file -> muxer ------------> file -> store
 *   track files                              notes
 */
#include "recorder-work.h"

#include "file.h"
#include "mix-file.h"
#include "timeline.h"
#include "tracks.h"

/* An encoder that is busy gives a picture so much later than the sound of its time. Whatever is
 * written, and each pause and the stop, come later by so much. */
#define HOLD_US (200 * TUTTI_USEC_PER_MSEC)
#define NOTES_FLUSH_US G_USEC_PER_SEC

struct _TuttiRecorderWork {
    TuttiRecorderWorkSetup setup;
    TuttiTimeline timeline;
    TuttiMixFile *mix;
    TuttiFile *file;
    TuttiNotes *notes;
    GPtrArray *tracks;    /* of TuttiTrackFile, owned */
    guint64 tracks_bytes; /* of those that have gone */
    gint64 end_us;        /* 0: not yet */
    char *why;            /* it was stopped; NULL: not said */
    const char *failure;  /* NULL: none */
    guint64 gaps_noted;
    gint64 notes_flushed_us;
};

static guint64
count_bytes (const TuttiRecorderWork *work)
{
    guint64 bytes =
        work->tracks_bytes + (work->file != NULL ? tutti_file_get_bytes (work->file) : 0);

    for (guint i = 0; i < work->tracks->len; i++)
        bytes += tutti_track_file_get_bytes (work->tracks->pdata[i]);
    return bytes;
}

/* --- The file --- */

static void
fail (TuttiRecorderWork *work, const char *why)
{
    if (work->failure == NULL)
        work->failure = why;
}

/* A full disk is told while there is still room for the file's end. */
static void
look_at_disk (TuttiRecorderWork *work, TuttiFileStatus status)
{
    if (status != TUTTI_FILE_OK)
        fail (work, tutti_file_status_text (status));
}

static gboolean
on_write (gpointer user_data, gint64 offset, const guint8 *data, gsize length_bytes)
{
    TuttiRecorderWork *work = user_data;
    guint64 end = tutti_file_get_bytes (work->file);
    gboolean is_end = (guint64)offset == end;
    TuttiFileStatus status =
        is_end ? tutti_file_write (work->file, data, length_bytes)
               : tutti_file_write_at (work->file, (guint64)offset, data, length_bytes);

    look_at_disk (work, status);
    return !is_end || tutti_file_get_bytes (work->file) == end + length_bytes;
}

static void
on_flush (gpointer user_data)
{
    TuttiRecorderWork *work = user_data;

    look_at_disk (work, tutti_file_flush (work->file));
}

static void
open_mix (TuttiRecorderWork *work)
{
    const TuttiRecorderSetup *setup = &work->setup.recorder;
    TuttiMixFileSetup mix = {
        .container = setup->container,
        .video_codec = setup->video_codec,
        .width = setup->width,
        .height = setup->height,
        .frame_rate = setup->frame_rate,
        .channels = setup->channels,
        .title = work->setup.recorder.room,
        .started_us = work->setup.wall_us,
        .pictures = work->setup.pictures,
        .sounds = work->setup.sounds,
        .key_frame = setup->key_frame,
        .key_frame_interval_s = setup->key_frame_interval_s,
        .sink = {.write = on_write, .flush = on_flush, .user_data = work},
    };

    work->mix = tutti_mix_file_new (&mix);
}

/* --- Notes --- */

/* What happened in a pause stands where it is cut. */
static gint64
find_place (TuttiRecorderWork *work, gint64 time_us)
{
    gint64 place_us;

    if (!tutti_timeline_map (&work->timeline, time_us, &place_us))
        place_us = tutti_timeline_get_length_us (&work->timeline, time_us);
    return MAX (place_us, 0);
}

static void
add_note (TuttiRecorderWork *work, const TuttiNote *note, gint64 place_us)
{
    if (work->notes != NULL)
        tutti_notes_add (work->notes, note, place_us);
}

static void
note_duration (TuttiRecorderWork *work, TuttiNoteKind kind, gint64 duration_us, gint64 place_us)
{
    g_autofree char *value = g_strdup_printf ("%" G_GINT64_FORMAT, duration_us);

    add_note (work, &(TuttiNote){.kind = kind, .value = value}, place_us);
}

static void
note_start (TuttiRecorderWork *work)
{
    const TuttiRecorderSetup *setup = &work->setup.recorder;
    g_autofree char *canvas =
        setup->video_codec == TUTTI_CODEC_NONE
            ? NULL
            : g_strdup_printf ("%dx%d@%u", setup->width, setup->height, setup->frame_rate);

    work->notes = tutti_notes_new (work->setup.recorder.store, work->setup.take, NULL);
    add_note (work,
              &(TuttiNote){
                  .kind = TUTTI_NOTE_STARTED, .text = work->setup.recorder.room, .value = canvas},
              0);
}

static void
note_gaps (TuttiRecorderWork *work)
{
    TuttiMixFileStats mix;

    tutti_mix_file_get_stats (work->mix, &mix);
    if (mix.gaps == work->gaps_noted)
        return;
    work->gaps_noted = mix.gaps;
    note_duration (work, TUTTI_NOTE_GAP, mix.last_gap_us, mix.last_gap_at_us);
}

static void
finish_notes (TuttiRecorderWork *work, gint64 length_us)
{
    TuttiMixFileStats mix;
    TuttiNotesSummary summary = {.duration_us = length_us, .bytes = count_bytes (work)};

    tutti_mix_file_get_stats (work->mix, &mix);
    summary.pictures = mix.pictures;
    summary.sounds = mix.sounds;
    summary.lost_pictures = mix.lost_pictures;
    summary.gaps = mix.gaps;
    summary.gap_us = mix.gap_us;
    g_clear_pointer (&work->notes, tutti_notes_free);
    tutti_notes_finish (work->setup.recorder.store, work->setup.take, &summary, NULL);
}

/* --- Orders --- */

static void
begin_pause (TuttiRecorderWork *work, gint64 time_us)
{
    tutti_mix_file_work (work->mix, &work->timeline, time_us);
    tutti_timeline_pause (&work->timeline, time_us);
    add_note (work, &(TuttiNote){.kind = TUTTI_NOTE_PAUSED}, find_place (work, time_us));
}

static void
end_pause (TuttiRecorderWork *work, gint64 time_us)
{
    gint64 since_us = work->timeline.paused_since_us;

    if (since_us == 0)
        return;
    tutti_mix_file_work (work->mix, &work->timeline, time_us);
    tutti_timeline_resume (&work->timeline, time_us);
    tutti_mix_file_restart (work->mix);
    note_duration (work, TUTTI_NOTE_RESUMED, time_us - since_us, find_place (work, time_us));
}

static void
drop_track (TuttiRecorderWork *work, TuttiTrackFile *track, gint64 now_us)
{
    guint at;

    if (!g_ptr_array_find (work->tracks, track, &at))
        return;
    tutti_track_file_finish (track, &work->timeline, now_us);
    work->tracks_bytes += tutti_track_file_get_bytes (track);
    g_ptr_array_remove_index (work->tracks, at);
}

static void
obey (TuttiRecorderWork *work, const TuttiOrder *order, gint64 now_us)
{
    switch (order->kind) {
    case TUTTI_ORDER_PAUSE:
        begin_pause (work, order->time_us);
        break;
    case TUTTI_ORDER_RESUME:
        end_pause (work, order->time_us);
        break;
    case TUTTI_ORDER_STOP:
        work->end_us = order->time_us;
        work->why = g_strdup (order->note.value);
        break;
    case TUTTI_ORDER_NOTE:
        add_note (work, &order->note, find_place (work, order->time_us));
        break;
    case TUTTI_ORDER_ADD_TRACK:
        g_ptr_array_add (work->tracks, order->track);
        break;
    case TUTTI_ORDER_DROP_TRACK:
        drop_track (work, order->track, now_us);
        break;
    }
}

/* --- Rounds --- */

/* Where a track's disk fails the mix's does too, and says so. */
static void
work_on_tracks (TuttiRecorderWork *work, gint64 now_us)
{
    for (guint i = 0; i < work->tracks->len; i++)
        tutti_track_file_work (work->tracks->pdata[i], &work->timeline, work->notes, now_us);
}

static void
flush_notes (TuttiRecorderWork *work, gint64 now_us)
{
    if (work->notes == NULL || now_us < work->notes_flushed_us + NOTES_FLUSH_US)
        return;
    work->notes_flushed_us = now_us;
    tutti_notes_flush (work->notes);
}

static void
obey_orders (TuttiRecorderWork *work, gint64 until_us, gint64 now_us)
{
    TuttiOrder *order;

    while (work->end_us == 0 && (order = tutti_orders_take (work->setup.orders, until_us))) {
        obey (work, order, now_us);
        tutti_order_free (order);
    }
}

/* --- Public --- */

TuttiRecorderWork *
tutti_recorder_work_new (const TuttiRecorderWorkSetup *setup)
{
    TuttiRecorderWork *work = g_new0 (TuttiRecorderWork, 1);

    work->setup = *setup;
    work->tracks = g_ptr_array_new_with_free_func ((GDestroyNotify)tutti_track_file_free);
    tutti_timeline_start (&work->timeline, setup->start_us);
    return work;
}

void
tutti_recorder_work_free (TuttiRecorderWork *work)
{
    if (work == NULL)
        return;
    tutti_mix_file_free (work->mix);
    tutti_file_free (work->file);
    tutti_notes_free (work->notes);
    g_ptr_array_unref (work->tracks);
    g_free (work->why);
    g_free (work);
}

gboolean
tutti_recorder_work_open (TuttiRecorderWork *work, GError **error)
{
    g_autofree char *name = g_strdup_printf ("%s.%s", work->setup.take,
                                             tutti_container_name (work->setup.recorder.container));

    work->file = tutti_file_new (work->setup.recorder.store, name, error);
    if (work->file == NULL) {
        fail (work, "the file can't be made");
        work->end_us = work->setup.start_us;
        return FALSE;
    }
    note_start (work);
    open_mix (work);
    return TRUE;
}

gboolean
tutti_recorder_work_run (TuttiRecorderWork *work, gint64 now_us)
{
    gint64 until_us = now_us - HOLD_US;

    obey_orders (work, until_us, now_us);
    if (!tutti_mix_file_work (work->mix, &work->timeline,
                              work->end_us != 0 ? work->end_us : until_us))
        fail (work, "the container can't hold it");
    note_gaps (work);
    if (work->failure != NULL && work->end_us == 0)
        work->end_us = until_us;
    if (work->end_us != 0)
        return FALSE;
    work_on_tracks (work, now_us);
    flush_notes (work, now_us);
    return TRUE;
}

void
tutti_recorder_work_end (TuttiRecorderWork *work)
{
    gint64 length_us = tutti_timeline_get_length_us (&work->timeline, work->end_us);
    TuttiNote stopped = {.kind = TUTTI_NOTE_STOPPED};
    TuttiFileStatus status;

    tutti_mix_file_finish (work->mix, &work->timeline, work->end_us);
    status = tutti_file_finish (work->file);
    look_at_disk (work, status);
    while (work->tracks->len > 0)
        drop_track (work, work->tracks->pdata[0], work->end_us);
    stopped.value = work->failure != NULL ? work->failure : work->why;
    add_note (work, &stopped, length_us);
    if (status == TUTTI_FILE_OK || status == TUTTI_FILE_FULL)
        finish_notes (work, length_us);
}

void
tutti_recorder_work_get_stats (const TuttiRecorderWork *work, gint64 now_us,
                               TuttiRecorderStats *stats)
{
    gint64 at_us = work->end_us != 0 ? work->end_us : now_us;
    TuttiMixFileStats mix = {0};

    if (work->mix != NULL)
        tutti_mix_file_get_stats (work->mix, &mix);
    *stats = (TuttiRecorderStats){
        .length_us = tutti_timeline_get_length_us (&work->timeline, at_us),
        .bytes = count_bytes (work),
        .pictures = mix.pictures,
        .sounds = mix.sounds,
        .lost_pictures = mix.lost_pictures,
        .gaps = mix.gaps,
        .gap_us = mix.gap_us,
    };
    g_strlcpy (stats->why, work->failure != NULL ? work->failure : "", sizeof stats->why);
}
