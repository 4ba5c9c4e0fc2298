/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tracks.c: see tracks.h. Role: file.
 */
#include "tracks.h"

#include <tutti/error.h>
#include <tutti/packet.h>
#include <tutti/role.h>

#include "key-frame.h"
#include "opus-packet.h"
#include "reorder.h"
#include "track-clock.h"
#include "track-pictures.h"
#include "track-seam.h"
#include "track-writer.h"

/* A second of 20 Mbit/s, ten of a voice: the disk may stall for so long. */
#define VIDEO_QUEUE_PACKETS 2048
#define AUDIO_QUEUE_PACKETS 512
/* Of a voice that says nothing, silence is written up to here: where no packet can belong any more.
 * Packets are kept back for half a second, and are played half a second after they came at most. */
#define SILENT_US (TUTTI_REORDER_HOLD_US + 700 * TUTTI_USEC_PER_MSEC)
/* A key frame is asked for again: cameras need some 100 ms, and each one costs all viewers. */
#define WISH_INTERVAL_US (2 * G_USEC_PER_SEC)
/* Opus in DTX: one or two bytes, which only say that there is nothing (RFC 7587 section 3.1.3). */
#define COMFORT_MAX_BYTES 2
/* -dBov (RFC 6464): quieter is no talk. */
#define QUIET_LEVEL 60
/* Between pictures: a clock that was put right must not turn their order round. */
#define PICTURE_STEP_US 1000
/* What a decoder gives out before the sound itself, which the muxer takes off. The mix has it:
 * it plays all that the decoder gives. */
#define PRE_SKIP_US (TUTTI_OPUS_PRE_SKIP_SAMPLES * G_USEC_PER_SEC / TUTTI_RATE_HZ)

static const char *const kinds[TUTTI_N_TRACKS] = {
    [TUTTI_TRACK_AUDIO] = "audio",
    [TUTTI_TRACK_CAMERA] = "camera",
    [TUTTI_TRACK_SCREEN] = "screen",
};

struct _TuttiTrackFile {
    TuttiTrackSetup setup; /* but its strings */
    char *take, *participant, *name;
    TuttiQueue *input;

    TuttiReorder *reorder;
    TuttiTrackClock clock;
    TuttiTrackWriter *writer; /* NULL: nothing was to be written yet */
    TuttiSeam seam;           /* a voice's */
    TuttiTrackPictures *pictures;
    gint64 latest_us; /* of the last picture in the file */
    gint64 wished_us, flushed_us;
    gboolean is_refused; /* what its owner sends fits into no file: nothing to the others */
    gboolean is_broken;  /* the disk failed */
};

/* What one call writes with. */
typedef struct {
    const TuttiTimeline *timeline;
    TuttiNotes *notes;     /* may be NULL */
    gint64 now_us, end_us; /* end_us: of the recording, or the track */
} Round;

/* FALSE: that is not in the recording. */
static gboolean
map (const Round *round, gint64 place_us, gint64 *file_us)
{
    return place_us < round->end_us && tutti_timeline_map (round->timeline, place_us, file_us);
}

static void
tell_notes (TuttiTrackFile *file, const Round *round, gint64 file_us)
{
    TuttiNote note = {.kind = TUTTI_NOTE_TRACK,
                      .time_us = round->now_us,
                      .participant = file->participant,
                      .name = file->name,
                      .value = tutti_track_writer_get_file (file->writer),
                      .text = kinds[file->setup.track]};

    if (round->notes)
        tutti_notes_add (round->notes, &note, file_us);
}

/* file_us: where its contents begin. */
static gboolean
open_writer (TuttiTrackFile *file, const Round *round, const TuttiUnit *first, gint64 file_us)
{
    TuttiTrackWriterSetup setup = {.store = file->setup.store,
                                   .take = file->take,
                                   .participant = file->participant,
                                   .name = file->name,
                                   .track = file->setup.track,
                                   .channels = file->setup.channels};
    g_autoptr (GError) error = NULL;

    if (file->writer || file->is_refused)
        return file->writer != NULL;
    file->writer = tutti_track_writer_new (&setup, first, &error);
    if (!file->writer) {
        g_warning ("%s: %s's %s is not recorded: %s", file->take, file->participant,
                   kinds[file->setup.track], error->message);
        file->is_refused = TRUE;
        file->is_broken = g_error_matches (error, TUTTI_ERROR, TUTTI_ERROR_STORAGE);
        return FALSE;
    }
    file->flushed_us = round->now_us;
    tell_notes (file, round, file_us);
    return TRUE;
}

static void
write_unit (TuttiTrackFile *file, const TuttiUnit *unit, gint64 file_us)
{
    if (!file->is_broken && !tutti_track_writer_write (file->writer, unit, file_us))
        file->is_broken = TRUE;
}

/* --- A voice --- */

static void
write_silence (TuttiTrackFile *file, gint64 from_us, gint64 length_us)
{
    TuttiUnit unit = {.codec = TUTTI_CODEC_OPUS, .is_key = TRUE};

    while (length_us > 0 && !file->is_broken) {
        gint64 piece_us = tutti_seam_next_silence (length_us, &unit.data, &unit.length_bytes);

        write_unit (file, &unit, from_us);
        from_us += piece_us;
        length_us -= piece_us;
    }
}

static gboolean
is_quiet (const TuttiPacket *packet)
{
    return packet->length_bytes <= COMFORT_MAX_BYTES ||
           (packet->level != TUTTI_LEVEL_UNKNOWN && packet->level > QUIET_LEVEL);
}

static void
write_sound (TuttiTrackFile *file, const Round *round, const TuttiPacket *packet)
{
    gint64 duration_us = tutti_opus_get_duration_us (packet->data, packet->length_bytes);
    gint64 place_us =
        tutti_track_clock_place (&file->clock, file->setup.sync, packet, round->now_us);
    TuttiUnit unit = {.codec = TUTTI_CODEC_OPUS,
                      .is_key = TRUE,
                      .data = packet->data,
                      .length_bytes = packet->length_bytes};
    gint64 file_us, silence_us, from_us = file->seam.end_us;

    if (packet->codec != TUTTI_CODEC_OPUS || duration_us == 0 || !map (round, place_us, &file_us) ||
        !open_writer (file, round, &unit, 0) ||
        !tutti_seam_join (&file->seam, file_us + PRE_SKIP_US, duration_us, is_quiet (packet),
                          &silence_us))
        return;
    write_silence (file, from_us, silence_us);
    write_unit (file, &unit, from_us + silence_us);
}

/* While nobody speaks the file grows all the same: a crash leaves it as long as the mix. */
static void
follow_silence (TuttiTrackFile *file, const Round *round)
{
    gint64 until_us, from_us = file->seam.end_us;

    if (file->writer && map (round, round->now_us - SILENT_US, &until_us))
        write_silence (file, from_us, tutti_seam_fill (&file->seam, until_us));
}

/* --- Pictures --- */

static void
wish (TuttiTrackFile *file, gint64 now_us)
{
    if (!file->setup.key_frame || now_us < file->wished_us + WISH_INTERVAL_US)
        return;
    file->wished_us = now_us;
    tutti_wish_make (file->setup.key_frame);
}

/* What nothing can be begun with is no key frame: its owner's fault, or malice. */
static gboolean
is_fit (const TuttiTrackFile *file, const TuttiUnit *unit)
{
    g_autoptr (GBytes) parameters = NULL;

    if (!unit->is_key)
        return file->writer != NULL;
    if (unit->width <= 0 || unit->height <= 0)
        return FALSE;
    if (!file->writer && unit->codec == TUTTI_CODEC_H264)
        parameters = tutti_key_frame_copy_parameters (unit->data, unit->length_bytes);
    return file->writer || unit->codec != TUTTI_CODEC_H264 || parameters;
}

static gboolean
keep_picture (TuttiTrackFile *file, const Round *round, const TuttiUnit *unit, gint64 place_us)
{
    gint64 file_us;

    if (!is_fit (file, unit) || !map (round, place_us, &file_us))
        return FALSE;
    if (!open_writer (file, round, unit, file_us) ||
        tutti_track_writer_get_codec (file->writer) != unit->codec)
        return FALSE;
    if (file->latest_us >= 0)
        file_us = MAX (file_us, file->latest_us + PICTURE_STEP_US);
    file->latest_us = file_us;
    write_unit (file, unit, file_us);
    return TRUE;
}

static void
write_picture (TuttiTrackFile *file, const Round *round, const TuttiPacket *packet,
               gboolean is_next)
{
    gint64 place_us =
        tutti_track_clock_place (&file->clock, file->setup.sync, packet, round->now_us);
    TuttiUnit unit;

    if (tutti_track_pictures_push (file->pictures, packet, is_next, &unit) &&
        !keep_picture (file, round, &unit, place_us))
        tutti_track_pictures_break (file->pictures);
    if (round->timeline->paused_since_us == 0 &&
        tutti_track_pictures_need_key_frame (file->pictures))
        wish (file, round->now_us);
}

/* A camera that stands still leaves no fragment open. */
static void
follow_stillness (TuttiTrackFile *file, const Round *round)
{
    if (!file->writer || file->is_broken || round->now_us < file->flushed_us + TUTTI_FRAGMENT_US)
        return;
    file->flushed_us = round->now_us;
    file->is_broken = !tutti_track_writer_flush (file->writer);
}

/* --- Both --- */

static void
take_in (TuttiTrackFile *file)
{
    TuttiPacket *next;

    while ((next = tutti_queue_pop (file->input))) {
        g_autoptr (TuttiPacket) packet = next;

        tutti_reorder_push (file->reorder, packet);
    }
}

/* What came until_us ago or before. */
static void
write_due (TuttiTrackFile *file, const Round *round, gint64 until_us)
{
    gboolean is_next;
    TuttiPacket *next;

    while ((next = tutti_reorder_pop (file->reorder, until_us, &is_next))) {
        g_autoptr (TuttiPacket) packet = next;

        if (file->is_broken)
            continue;
        if (file->setup.track == TUTTI_TRACK_AUDIO)
            write_sound (file, round, packet);
        else
            write_picture (file, round, packet, is_next);
    }
}

TuttiTrackFile *
tutti_track_file_new (const TuttiTrackSetup *setup)
{
    TuttiTrackFile *file = g_new0 (TuttiTrackFile, 1);

    file->setup = *setup;
    file->setup.store = tutti_store_ref (setup->store);
    file->setup.sync = setup->sync ? tutti_sync_ref (setup->sync) : NULL;
    file->setup.key_frame = setup->key_frame ? tutti_wish_ref (setup->key_frame) : NULL;
    file->take = g_strdup (setup->take);
    file->participant = g_strdup (setup->participant);
    file->name = g_strdup (setup->name);
    file->input = tutti_queue_new (
        setup->track == TUTTI_TRACK_AUDIO ? AUDIO_QUEUE_PACKETS : VIDEO_QUEUE_PACKETS, NULL, NULL);
    file->reorder = tutti_reorder_new ();
    file->clock.track = setup->track;
    if (setup->track != TUTTI_TRACK_AUDIO)
        file->pictures = tutti_track_pictures_new ();
    file->latest_us = -1;
    file->wished_us = -WISH_INTERVAL_US;
    return file;
}

void
tutti_track_file_free (TuttiTrackFile *file)
{
    if (!file)
        return;
    tutti_queue_close (file->input);
    tutti_queue_unref (file->input);
    tutti_track_writer_free (file->writer);
    tutti_track_pictures_free (file->pictures);
    tutti_reorder_free (file->reorder);
    if (file->setup.key_frame)
        tutti_wish_unref (file->setup.key_frame);
    tutti_sync_unref (file->setup.sync);
    tutti_store_unref (file->setup.store);
    g_free (file->take);
    g_free (file->participant);
    g_free (file->name);
    g_free (file);
}

TuttiQueue *
tutti_track_file_get_input (TuttiTrackFile *file)
{
    return file->input;
}

gboolean
tutti_track_file_work (TuttiTrackFile *file, const TuttiTimeline *timeline, TuttiNotes *notes,
                       gint64 now_us)
{
    Round round = {timeline, notes, now_us, G_MAXINT64};
    gint64 until_us = now_us;

    tutti_assert_role (TUTTI_ROLE_FILE);
    take_in (file);
    /* what came before a pause can't be placed any more when it has ended */
    if (timeline->paused_since_us != 0)
        until_us = MAX (now_us, timeline->paused_since_us + TUTTI_REORDER_HOLD_US);
    write_due (file, &round, until_us);
    if (file->is_broken)
        return FALSE;
    if (file->setup.track == TUTTI_TRACK_AUDIO)
        follow_silence (file, &round);
    else
        follow_stillness (file, &round);
    return !file->is_broken;
}

gboolean
tutti_track_file_finish (TuttiTrackFile *file, const TuttiTimeline *timeline, gint64 now_us)
{
    Round round = {timeline, NULL, now_us, now_us};

    tutti_assert_role (TUTTI_ROLE_FILE);
    if (file->writer) {
        take_in (file);
        write_due (file, &round, G_MAXINT64);
        if (!tutti_track_writer_finish (file->writer))
            file->is_broken = TRUE;
    }
    return !file->is_broken;
}

guint64
tutti_track_file_get_bytes (const TuttiTrackFile *file)
{
    return file->writer ? tutti_track_writer_get_bytes (file->writer) : 0;
}
