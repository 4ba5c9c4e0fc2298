/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * player-read.c: see player-read.h. Each pass opens the file anew: what a format needs at its
 * beginning (samples to be left out, tables) is then there again, in every format. Role: file.
 */
#include "player-read.h"

#include "player-line.h"
#include "player-picture.h"

/* Times beyond are taken for nonsense. */
#define TIME_MAX_SAMPLES (G_GINT64_CONSTANT (366) * 24 * 3600 * TUTTI_RATE_HZ)
/* A film that is shorter isn't repeated: reading it would take longer than playing. */
#define PASS_MIN_SAMPLES (TUTTI_RATE_HZ / 10)
/* Where the last picture stands so little longer than the sound, the sound tells where the pass
 * ends: it must have no gap, and nobody sees a picture cut short. */
#define SEAM_SAMPLES (TUTTI_RATE_HZ / 10)
/* Later than this pictures are left out before they are converted; much later, before they are
 * decoded: those that no other needs, then all but key frames. */
#define LATE_SAMPLES (TUTTI_RATE_HZ / 20)
#define LATER_SAMPLES (TUTTI_RATE_HZ / 10)
#define LATEST_SAMPLES (TUTTI_RATE_HZ / 2)
/* But something moves. */
#define STILL_MAX_SAMPLES (TUTTI_RATE_HZ / 2)
/* For pictures that don't tell how long they stand. */
#define PICTURE_SAMPLES (TUTTI_RATE_HZ / 25)

struct _TuttiPlayerReader {
    TuttiPlayerReaderSetup setup;
    TuttiPlayerScaler *scaler;
    AVPacket *packet;
    AVFrame *frame;

    TuttiPlayerFile *file;
    TuttiPlayerLine sound, pictures;
    const gint32 *display; /* how pictures are turned */
    gint64 base;           /* the file's own time at its beginning, samples */
    gint64 start;          /* film time at which this pass begins */
    gboolean at_end, is_done;
    gint64 last_due, pictures_end; /* of pictures, film time */
    gint64 length_us;
};

/* --- A pass --- */

static void
close_file (TuttiPlayerReader *reader)
{
    tutti_player_line_close (&reader->sound);
    tutti_player_line_close (&reader->pictures);
    g_clear_pointer (&reader->file, tutti_player_file_close);
}

static void
leave_out_others (TuttiPlayerReader *reader, AVFormatContext *format)
{
    for (guint i = 0; i < format->nb_streams; i++) {
        gboolean is_used = (int)i == reader->sound.stream || (int)i == reader->pictures.stream;
        format->streams[i]->discard = is_used ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    }
}

static void
prepare (TuttiPlayerReader *reader, AVFormatContext *format)
{
    leave_out_others (reader, format);
    reader->display = NULL;
    if (reader->pictures.codec)
        reader->display = (const gint32 *)av_stream_get_side_data (
            format->streams[reader->pictures.stream], AV_PKT_DATA_DISPLAYMATRIX, NULL);
    reader->at_end = FALSE;
}

static gboolean
open_file (TuttiPlayerReader *reader, const char **why)
{
    AVFormatContext *format;

    reader->file = tutti_player_file_open (reader->setup.fd, reader->setup.stop, FALSE, why);
    if (!reader->file ||
        !tutti_player_line_open (&reader->sound, reader->file, AVMEDIA_TYPE_AUDIO, why) ||
        !tutti_player_line_open (&reader->pictures, reader->file, AVMEDIA_TYPE_VIDEO, why))
        return FALSE;
    *why = "neither sound nor picture is in it";
    if (!reader->sound.codec && !reader->pictures.codec)
        return FALSE;
    format = tutti_player_file_get_format (reader->file);
    if (format->start_time != AV_NOPTS_VALUE)
        reader->base = av_rescale (format->start_time, TUTTI_RATE_HZ, AV_TIME_BASE);
    prepare (reader, format);
    return TRUE;
}

/* With the decoders and what is known of the streams from the first time. */
static gboolean
open_again (TuttiPlayerReader *reader, const char **why)
{
    g_clear_pointer (&reader->file, tutti_player_file_close);
    reader->file = tutti_player_file_open (reader->setup.fd, reader->setup.stop, TRUE, why);
    if (!reader->file)
        return FALSE;
    *why = "the file has changed";
    if (!tutti_player_line_rewind (&reader->sound, reader->file) ||
        !tutti_player_line_rewind (&reader->pictures, reader->file))
        return FALSE;
    prepare (reader, tutti_player_file_get_format (reader->file));
    return TRUE;
}

/* Film time, or TUTTI_PLAYER_NEVER. */
static gint64
to_film (const TuttiPlayerReader *reader, const TuttiPlayerLine *line, gint64 pts)
{
    gint64 samples;

    if (pts == AV_NOPTS_VALUE)
        return TUTTI_PLAYER_NEVER;
    samples = av_rescale_q (pts, line->time_base, (AVRational){1, TUTTI_RATE_HZ});
    if (samples < -TIME_MAX_SAMPLES || samples > TIME_MAX_SAMPLES ||
        reader->base < -TIME_MAX_SAMPLES || reader->base > TIME_MAX_SAMPLES)
        return TUTTI_PLAYER_NEVER;
    return reader->start + samples - reader->base;
}

/* --- Frames --- */

static gint64
get_duration (const TuttiPlayerReader *reader)
{
    const TuttiPlayerLine *line = &reader->pictures;
    gint64 samples =
        av_rescale_q (reader->frame->pkt_duration, line->time_base, (AVRational){1, TUTTI_RATE_HZ});

    return samples > 0 && samples < TIME_MAX_SAMPLES ? samples : PICTURE_SAMPLES;
}

static void
hurry (TuttiPlayerReader *reader, gint64 late)
{
    AVCodecContext *codec = reader->pictures.codec;

    if (late > LATEST_SAMPLES)
        codec->skip_frame = AVDISCARD_NONKEY;
    else if (late > LATER_SAMPLES)
        codec->skip_frame = AVDISCARD_NONREF;
    else
        codec->skip_frame = AVDISCARD_DEFAULT;
}

static void
take_picture (TuttiPlayerReader *reader, gint64 now_us)
{
    gint64 due = to_film (reader, &reader->pictures, reader->frame->best_effort_timestamp);
    gint64 now = tutti_player_time_get (reader->setup.time, now_us);
    gint64 late;
    TuttiPicture *picture;

    due = due == TUTTI_PLAYER_NEVER ? reader->pictures_end : MAX (due, reader->last_due);
    late = now == TUTTI_PLAYER_STANDS ? 0 : now - due;
    hurry (reader, late);
    reader->pictures_end = due + get_duration (reader);
    if (late > LATE_SAMPLES && due - reader->last_due < STILL_MAX_SAMPLES)
        return;
    picture = tutti_player_scaler_convert (reader->scaler, reader->frame, reader->display);
    if (!picture)
        return;
    reader->last_due = due;
    tutti_player_show_push (reader->setup.show, picture, due);
}

static void
take_sound (TuttiPlayerReader *reader)
{
    tutti_player_sound_push (
        reader->setup.sound, reader->frame,
        to_film (reader, &reader->sound, reader->frame->best_effort_timestamp));
}

static gboolean
is_sound_wanted (TuttiPlayerReader *reader)
{
    return !reader->sound.has_ended && !tutti_player_sound_is_busy (reader->setup.sound);
}

static gboolean
is_picture_wanted (TuttiPlayerReader *reader)
{
    return !reader->pictures.has_ended && tutti_player_show_has_room (reader->setup.show);
}

/* Sound first: it takes less time, and nobody misses a picture as much. TRUE: something was done.
 */
static gboolean
decode (TuttiPlayerReader *reader, gint64 now_us)
{
    TuttiPlayerLineResult sound = TUTTI_PLAYER_LINE_HUNGRY, pictures = TUTTI_PLAYER_LINE_HUNGRY;

    if (is_sound_wanted (reader))
        sound = tutti_player_line_decode (&reader->sound, reader->at_end, reader->frame);
    if (sound == TUTTI_PLAYER_LINE_FRAME)
        take_sound (reader);
    if (sound != TUTTI_PLAYER_LINE_HUNGRY)
        return TRUE;
    if (is_picture_wanted (reader))
        pictures = tutti_player_line_decode (&reader->pictures, reader->at_end, reader->frame);
    if (pictures == TUTTI_PLAYER_LINE_FRAME)
        take_picture (reader, now_us);
    return pictures != TUTTI_PLAYER_LINE_HUNGRY;
}

/* --- Packets --- */

/* A time near which sound would have been read, had there been any. */
static gint64
get_time_of_pictures (TuttiPlayerReader *reader)
{
    const AVPacket *packet = reader->pictures.packets.head->data;
    gint64 at = to_film (reader, &reader->pictures, packet->dts);

    return at == TUTTI_PLAYER_NEVER ? reader->start : at;
}

/* Sound is wanted, and many pictures were read without finding any: either the decoder is behind,
 * or there is none here. */
static gboolean
pass_over_pictures (TuttiPlayerReader *reader, gint64 now_us)
{
    gint64 at = get_time_of_pictures (reader);
    gint64 now = tutti_player_time_get (reader->setup.time, now_us);

    if (now != TUTTI_PLAYER_STANDS && at < now - LATEST_SAMPLES) {
        tutti_player_line_skip_to_key (&reader->pictures);
        return TRUE;
    }
    if (tutti_player_sound_get_end (reader->setup.sound) >= at + TUTTI_RATE_HZ)
        return FALSE;
    tutti_player_sound_fill (reader->setup.sound, at + TUTTI_RATE_HZ);
    return TRUE;
}

static void
read_packet (TuttiPlayerReader *reader)
{
    AVPacket *packet = reader->packet;

    if (av_read_frame (tutti_player_file_get_format (reader->file), packet) < 0) {
        reader->at_end = TRUE;
        return;
    }
    if (reader->sound.codec && packet->stream_index == reader->sound.stream)
        tutti_player_line_push (&reader->sound, packet);
    else if (reader->pictures.codec && packet->stream_index == reader->pictures.stream)
        tutti_player_line_push (&reader->pictures, packet);
    else
        av_packet_unref (packet);
}

/* TRUE: something was done. */
static gboolean
demux (TuttiPlayerReader *reader, gint64 now_us)
{
    if (reader->at_end || (!is_sound_wanted (reader) && !is_picture_wanted (reader)))
        return FALSE;
    if (is_sound_wanted (reader) && tutti_player_line_is_full (&reader->pictures))
        return pass_over_pictures (reader, now_us);
    if (tutti_player_line_is_full (&reader->sound))
        return FALSE;
    read_packet (reader);
    return TRUE;
}

/* --- The end of a pass --- */

static gint64
get_pass_end (TuttiPlayerReader *reader)
{
    gint64 sound_end = tutti_player_sound_get_end (reader->setup.sound);

    if (!reader->sound.codec)
        return reader->pictures_end;
    return reader->pictures_end > sound_end + SEAM_SAMPLES ? reader->pictures_end : sound_end;
}

/* The last pass: what waits is all there is. A picture alone is shown until it is stopped. */
static void
finish (TuttiPlayerReader *reader, gint64 end)
{
    gboolean is_still = !reader->sound.codec && reader->pictures.n_frames == 1;

    reader->is_done = TRUE;
    tutti_player_sound_finish (reader->setup.sound);
    tutti_player_show_finish (reader->setup.show, is_still ? TUTTI_PLAYER_NEVER : end);
}

static TuttiPlayerReaderResult
end_pass (TuttiPlayerReader *reader, const char **why)
{
    gint64 end = get_pass_end (reader);
    gboolean is_short = end - reader->start < PASS_MIN_SAMPLES;
    gboolean is_still = !reader->sound.codec && reader->pictures.n_frames == 1;

    *why = "nothing in it could be decoded";
    if (reader->sound.n_frames + reader->pictures.n_frames == 0)
        return TUTTI_PLAYER_READER_FAILED;
    if (reader->start == 0 && !is_still)
        reader->length_us = tutti_player_to_us (end);
    if (!reader->setup.loop || is_short || is_still) {
        finish (reader, end);
        return TUTTI_PLAYER_READER_BUSY;
    }
    if (reader->sound.codec)
        tutti_player_sound_fill (reader->setup.sound, end);
    tutti_player_sound_begin_pass (reader->setup.sound);
    reader->start = reader->pictures_end = end;
    return open_again (reader, why) ? TUTTI_PLAYER_READER_BUSY : TUTTI_PLAYER_READER_FAILED;
}

TuttiPlayerReaderResult
tutti_player_reader_step (TuttiPlayerReader *reader, gint64 now_us, const char **why)
{
    if (tutti_player_sound_step (reader->setup.sound))
        return TUTTI_PLAYER_READER_BUSY;
    if (reader->is_done)
        return TUTTI_PLAYER_READER_IDLE;
    if (decode (reader, now_us) || demux (reader, now_us))
        return TUTTI_PLAYER_READER_BUSY;
    if (!reader->sound.has_ended || !reader->pictures.has_ended ||
        tutti_player_sound_is_busy (reader->setup.sound))
        return TUTTI_PLAYER_READER_IDLE;
    return end_pass (reader, why);
}

gboolean
tutti_player_reader_is_ready (TuttiPlayerReader *reader)
{
    if (reader->is_done || tutti_player_line_is_full (&reader->sound))
        return TRUE;
    if (reader->sound.codec && !tutti_player_sound_is_ready (reader->setup.sound))
        return FALSE;
    return reader->pictures.has_ended || !tutti_player_show_is_empty (reader->setup.show);
}

/* --- Life --- */

TuttiPlayerReader *
tutti_player_reader_new (const TuttiPlayerReaderSetup *setup, const char **why)
{
    TuttiPlayerReader *reader = g_new0 (TuttiPlayerReader, 1);

    reader->setup = *setup;
    reader->scaler = tutti_player_scaler_new (setup->max_width, setup->max_height);
    reader->packet = av_packet_alloc ();
    reader->frame = av_frame_alloc ();
    reader->last_due = -STILL_MAX_SAMPLES;
    if (!open_file (reader, why)) {
        tutti_player_reader_free (reader);
        return NULL;
    }
    if (tutti_player_file_get_format (reader->file)->duration > 0)
        reader->length_us = tutti_player_file_get_format (reader->file)->duration;
    return reader;
}

void
tutti_player_reader_free (TuttiPlayerReader *reader)
{
    if (!reader)
        return;
    close_file (reader);
    tutti_player_scaler_free (reader->scaler);
    av_packet_free (&reader->packet);
    av_frame_free (&reader->frame);
    g_free (reader);
}

gboolean
tutti_player_reader_has_sound (const TuttiPlayerReader *reader)
{
    return reader->sound.codec != NULL;
}

gboolean
tutti_player_reader_has_pictures (const TuttiPlayerReader *reader)
{
    return reader->pictures.codec != NULL;
}

gint64
tutti_player_reader_get_length_us (const TuttiPlayerReader *reader)
{
    return reader->length_us;
}
