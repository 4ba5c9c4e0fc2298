/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mix-file.c: see mix-file.h. Role: file.
 *
 *   picture queue -> units -> picture --\
 *                                        whichever is earlier -> timeline -> muxer
 *   sound queue ------------> sound ----/          sound line -- silence --/
 */
#include "mix-file.h"

#include <tutti/packet.h>

#include "opus-packet.h"
#include "sound-line.h"

/* A key frame that was wished at the start comes in half a second; sound waits for it, since MP4
 * can't begin without. Where a room shows nothing at all, VP8 can. */
#define FIRST_PICTURE_PATIENCE_US (3 * G_USEC_PER_SEC)
/* Renditions make two key frames a second at most. */
#define WISH_INTERVAL_US G_USEC_PER_SEC

/* Streams that a gap is open in. */
#define GAP_PICTURES (1u << 0)
#define GAP_SOUNDS (1u << 1)

struct _TuttiMixFile {
    TuttiMixFileSetup setup;
    char *title;
    TuttiMuxer *muxer; /* NULL: not yet begun */
    guint sound_stream;
    gboolean has_failed;

    TuttiUnits *units;
    TuttiUnit picture; /* the next one */
    gboolean has_picture;
    TuttiPacket *sound; /* the next one; NULL: none */
    TuttiSoundLine line;

    guint64 pictures_dropped, sounds_dropped; /* by the queues, as far as was seen */
    guint gap;                                /* GAP_: open now */
    gint64 last_us;                           /* place of the last thing written */
    gint64 key_us;                            /* place of the last key frame */
    gboolean needs_key;
    gint64 wished_us; /* our clock */

    TuttiMixFileStats stats;
};

static gboolean
has_video (const TuttiMixFile *self)
{
    return self->setup.video_codec != TUTTI_CODEC_NONE;
}

/* --- Gaps --- */

static void
open_gap (TuttiMixFile *self, guint stream)
{
    if (self->gap == 0)
        self->stats.last_gap_at_us = self->last_us;
    self->gap |= stream;
}

static void
close_gap (TuttiMixFile *self, guint stream, gint64 place_us)
{
    if (!(self->gap & stream))
        return;
    self->gap &= ~stream;
    if (self->gap != 0)
        return;
    self->stats.last_gap_us = MAX (place_us - self->stats.last_gap_at_us, 0);
    self->stats.gap_us += self->stats.last_gap_us;
    self->stats.gaps++;
}

/* --- The next of each --- */

/* *is_broken: packets were dropped just before or behind this one. */
static TuttiPacket *
pop (TuttiQueue *queue, guint64 *dropped, gboolean *is_broken)
{
    TuttiPacket *packet = tutti_queue_pop (queue);
    guint64 now_dropped = tutti_queue_dropped (queue);

    *is_broken = now_dropped != *dropped;
    *dropped = now_dropped;
    return packet;
}

static void
find_picture (TuttiMixFile *self)
{
    while (!self->has_picture) {
        gboolean is_broken;
        g_autoptr (TuttiPacket) packet =
            pop (self->setup.pictures, &self->pictures_dropped, &is_broken);

        if (is_broken) { /* which side of this packet it was can't be told, so it goes too */
            tutti_units_break (self->units);
            open_gap (self, GAP_PICTURES);
            self->needs_key = TRUE;
            self->wished_us = 0; /* at once */
        } else if (packet != NULL)
            self->has_picture = tutti_units_push (self->units, packet, &self->picture);
        if (packet == NULL)
            return;
    }
}

static void
find_sound (TuttiMixFile *self)
{
    gboolean is_broken;

    if (self->sound != NULL)
        return;
    self->sound = pop (self->setup.sounds, &self->sounds_dropped, &is_broken);
    if (is_broken)
        open_gap (self, GAP_SOUNDS);
}

/* The next picture, if it is due; what belongs to no place in the file is passed over, and so is
 * what builds upon it. */
static gboolean
is_picture_due (TuttiMixFile *self, const TuttiTimeline *timeline, gint64 until_us,
                gint64 *place_us)
{
    for (find_picture (self); self->has_picture && self->picture.time_us < until_us;
         find_picture (self)) {
        if (tutti_timeline_map (timeline, self->picture.time_us, place_us))
            return TRUE;
        self->has_picture = FALSE;
        tutti_units_restart (self->units);
        self->needs_key = TRUE;
    }
    return FALSE;
}

static gboolean
is_sound_due (TuttiMixFile *self, const TuttiTimeline *timeline, gint64 until_us, gint64 *place_us)
{
    for (find_sound (self); self->sound != NULL && self->sound->time_us < until_us;
         find_sound (self)) {
        if (tutti_timeline_map (timeline, self->sound->time_us, place_us) &&
            !tutti_sound_line_is_late (&self->line, *place_us))
            return TRUE;
        g_clear_pointer (&self->sound, tutti_packet_unref);
    }
    return FALSE;
}

/* --- Writing --- */

static gboolean
open_muxer (TuttiMixFile *self, gboolean with_pictures)
{
    TuttiMuxerSetup setup = {.container = self->setup.container,
                             .started_us = self->setup.started_us,
                             .title = self->title};

    if (with_pictures)
        setup.streams[setup.n_streams++] =
            (TuttiMuxerStream){.codec = self->setup.video_codec,
                               .width = self->setup.width,
                               .height = self->setup.height,
                               .frame_rate = self->setup.frame_rate,
                               .key_frame = self->has_picture ? &self->picture : NULL};
    self->sound_stream = setup.n_streams++;
    setup.streams[self->sound_stream] =
        (TuttiMuxerStream){.codec = TUTTI_CODEC_OPUS, .channels = self->setup.channels};
    self->muxer = tutti_muxer_new (&setup, &self->setup.sink, NULL);
    self->has_failed = self->muxer == NULL;
    return !self->has_failed;
}

/* FALSE: not yet. */
static gboolean
begin (TuttiMixFile *self, const TuttiTimeline *timeline, gint64 until_us)
{
    gint64 place_us;

    if (self->muxer != NULL)
        return TRUE;
    if (!has_video (self))
        return open_muxer (self, FALSE);
    if (is_picture_due (self, timeline, until_us, &place_us))
        return open_muxer (self, TRUE);
    return self->setup.video_codec != TUTTI_CODEC_H264 &&
           until_us > timeline->start_us + FIRST_PICTURE_PATIENCE_US && open_muxer (self, TRUE);
}

static void
write_sound (TuttiMixFile *self, const guint8 *data, gsize length_bytes)
{
    TuttiUnit unit = {
        .codec = TUTTI_CODEC_OPUS, .is_key = TRUE, .data = data, .length_bytes = length_bytes};
    gint64 place_us = tutti_sound_line_take (&self->line);

    self->has_failed |= !tutti_muxer_write (self->muxer, self->sound_stream, &unit, place_us);
    self->last_us = MAX (self->last_us, place_us);
}

static void
write_silence (TuttiMixFile *self)
{
    gsize length_bytes;
    const guint8 *silence = tutti_opus_get_silence (self->setup.channels, &length_bytes);

    write_sound (self, silence, length_bytes);
}

static void
take_sound (TuttiMixFile *self)
{
    g_autoptr (TuttiPacket) sound = g_steal_pointer (&self->sound);

    close_gap (self, GAP_SOUNDS, self->line.next_us);
    write_sound (self, sound->data, sound->length_bytes);
    self->stats.sounds++;
}

static void
take_picture (TuttiMixFile *self, gint64 place_us)
{
    self->has_picture = FALSE;
    close_gap (self, GAP_PICTURES, place_us);
    if (self->picture.is_key) {
        self->needs_key = FALSE;
        self->key_us = place_us;
    }
    self->has_failed |= !tutti_muxer_write (self->muxer, 0, &self->picture, place_us);
    self->last_us = MAX (self->last_us, place_us);
    self->stats.pictures++;
}

/* The end of what may be written now, in the file. */
static gint64
find_limit (const TuttiTimeline *timeline, gint64 until_us)
{
    gint64 limit_us;

    if (!tutti_timeline_map (timeline, until_us, &limit_us))
        limit_us = tutti_timeline_get_length_us (timeline, until_us);
    return limit_us;
}

/* Sound leads, 20 ms by 20 ms: silence where nobody spoke and nothing came. A picture follows what
 * sounds as it is shown: no container need step back. FALSE: nothing more is due. */
static gboolean
step (TuttiMixFile *self, const TuttiTimeline *timeline, gint64 until_us)
{
    gint64 picture_us, sound_us;
    gboolean has_sound = is_sound_due (self, timeline, until_us, &sound_us) &&
                         tutti_sound_line_count_missing (&self->line, sound_us) == 0;
    gint64 next_us = self->line.next_us;

    if (has_video (self) && is_picture_due (self, timeline, until_us, &picture_us) &&
        next_us > picture_us)
        take_picture (self, picture_us);
    else if (has_sound)
        take_sound (self);
    else if (next_us + TUTTI_ROUND_US <= find_limit (timeline, until_us))
        write_silence (self);
    else
        return FALSE;
    return !self->has_failed;
}

/* At the start and after a pause others have wished already. */
static void
wish_key_frame (TuttiMixFile *self, const TuttiTimeline *timeline, gint64 until_us)
{
    gint64 interval_us = self->setup.key_frame_interval_s * G_USEC_PER_SEC;
    gboolean is_old = interval_us > 0 && self->last_us >= self->key_us + interval_us;
    gint64 wished_us = MAX (self->wished_us, MAX (timeline->start_us, timeline->resumed_us));

    if (!has_video (self) || self->setup.key_frame == NULL || timeline->paused_since_us != 0 ||
        !(self->needs_key || is_old) || until_us < wished_us + WISH_INTERVAL_US)
        return;
    self->wished_us = until_us;
    tutti_wish_make (self->setup.key_frame);
}

/* --- Public --- */

TuttiMixFile *
tutti_mix_file_new (const TuttiMixFileSetup *setup)
{
    TuttiMixFile *self = g_new0 (TuttiMixFile, 1);

    self->setup = *setup;
    self->title = g_strdup (setup->title);
    tutti_queue_ref (setup->sounds);
    if (setup->pictures != NULL)
        tutti_queue_ref (setup->pictures);
    if (setup->key_frame != NULL)
        tutti_wish_ref (setup->key_frame);
    self->units = tutti_units_new ();
    self->needs_key = TRUE;
    return self;
}

void
tutti_mix_file_free (TuttiMixFile *self)
{
    if (self == NULL)
        return;
    tutti_muxer_free (self->muxer);
    tutti_units_free (self->units);
    tutti_packet_unref (self->sound);
    tutti_queue_unref (self->setup.sounds);
    tutti_queue_unref (self->setup.pictures);
    tutti_wish_unref (self->setup.key_frame);
    g_free (self->title);
    g_free (self);
}

gboolean
tutti_mix_file_work (TuttiMixFile *self, const TuttiTimeline *timeline, gint64 until_us)
{
    if (until_us < timeline->start_us || self->has_failed)
        return !self->has_failed;
    while (begin (self, timeline, until_us) && step (self, timeline, until_us))
        ;
    wish_key_frame (self, timeline, until_us);
    return !self->has_failed;
}

void
tutti_mix_file_restart (TuttiMixFile *self)
{
    self->needs_key = TRUE;
    if (self->has_picture && self->picture.is_key) /* just what is wanted */
        return;
    self->has_picture = FALSE;
    tutti_units_restart (self->units);
}

gboolean
tutti_mix_file_finish (TuttiMixFile *self, const TuttiTimeline *timeline, gint64 end_us)
{
    /* No picture ever came: it is of sound then. */
    if (self->muxer == NULL && !self->has_failed && open_muxer (self, FALSE))
        tutti_mix_file_work (self, timeline, end_us);
    return !self->has_failed && tutti_muxer_finish (self->muxer);
}

void
tutti_mix_file_get_stats (const TuttiMixFile *self, TuttiMixFileStats *stats)
{
    *stats = self->stats;
    stats->lost_pictures = tutti_units_get_lost (self->units);
}
