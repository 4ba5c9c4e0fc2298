/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recorded.c: see recorded.h. Pictures are kept as a coarse grid of colours, sound as one channel
 * at its place in the file's time.
 */
#include "recorded.h"

#include <math.h>
#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#define COLUMNS 64
#define ROWS 36
#define WINDOW_SAMPLES (TUTTI_RATE_HZ / 20)

typedef struct {
    double time_s;
    gboolean is_key;
    guint8 colours[ROWS][COLUMNS][3];
} Look;

typedef struct {
    int index; /* of the stream; -1: none */
    AVCodecContext *decoder;
    double unit_s;
} Track;

struct _Recorded {
    AVFormatContext *format;
    Track tracks[2]; /* by TuttiKind */
    GArray *pcm;     /* of float, from 0 s on */
    GArray *looks;   /* of Look */
};

static void
open_track (Recorded *recorded, TuttiKind kind, enum AVMediaType type)
{
    Track *track = &recorded->tracks[kind];
    const AVCodec *codec = NULL;

    track->index = av_find_best_stream (recorded->format, type, -1, -1, &codec, 0);
    if (track->index < 0)
        return;
    track->unit_s = av_q2d (recorded->format->streams[track->index]->time_base);
    track->decoder = avcodec_alloc_context3 (codec);
    g_assert_cmpint (avcodec_parameters_to_context (
                         track->decoder, recorded->format->streams[track->index]->codecpar),
                     >=, 0);
    g_assert_cmpint (avcodec_open2 (track->decoder, codec, NULL), >=, 0);
}

static float
get_sample (const AVFrame *frame, int i)
{
    const int channels = frame->ch_layout.nb_channels;

    switch (frame->format) {
    case AV_SAMPLE_FMT_FLTP:
        return ((const float *)frame->data[0])[i];
    case AV_SAMPLE_FMT_FLT:
        return ((const float *)frame->data[0])[i * channels];
    case AV_SAMPLE_FMT_S16P:
        return (float)((const gint16 *)frame->data[0])[i] / 32768;
    case AV_SAMPLE_FMT_S16:
        return (float)((const gint16 *)frame->data[0])[i * channels] / 32768;
    default:
        g_assert_not_reached ();
    }
}

static void
take_sound (Recorded *recorded, const AVFrame *frame, double time_s)
{
    gint64 at = (gint64)(time_s * TUTTI_RATE_HZ + 0.5);

    g_assert_cmpint (frame->sample_rate, ==, TUTTI_RATE_HZ);
    if (at < 0)
        return;
    if (at + frame->nb_samples > recorded->pcm->len)
        g_array_set_size (recorded->pcm, (guint)(at + frame->nb_samples));
    for (int i = 0; i < frame->nb_samples; i++)
        g_array_index (recorded->pcm, float, at + i) = get_sample (frame, i);
}

static void
take_picture (Recorded *recorded, const AVFrame *frame, double time_s)
{
    Look look = {.time_s = time_s, .is_key = frame->key_frame != 0};

    for (int row = 0; row < ROWS; row++) {
        for (int column = 0; column < COLUMNS; column++) {
            int x = (2 * column + 1) * frame->width / (2 * COLUMNS);
            int y = (2 * row + 1) * frame->height / (2 * ROWS);
            guint8 *colour = look.colours[row][column];
            colour[0] = frame->data[0][y * frame->linesize[0] + x];
            colour[1] = frame->data[1][y / 2 * frame->linesize[1] + x / 2];
            colour[2] = frame->data[2][y / 2 * frame->linesize[2] + x / 2];
        }
    }
    g_array_append_val (recorded->looks, look);
}

/* packet NULL: what is still in the decoder. */
static void
decode (Recorded *recorded, TuttiKind kind, const AVPacket *packet)
{
    Track *track = &recorded->tracks[kind];
    AVFrame *frame = av_frame_alloc ();

    g_assert_cmpint (avcodec_send_packet (track->decoder, packet), >=, 0);
    while (avcodec_receive_frame (track->decoder, frame) >= 0) {
        double time_s = (double)frame->best_effort_timestamp * track->unit_s;
        if (kind == TUTTI_KIND_AUDIO)
            take_sound (recorded, frame, time_s);
        else
            take_picture (recorded, frame, time_s);
        av_frame_unref (frame);
    }
    av_frame_free (&frame);
}

static void
read_all (Recorded *recorded)
{
    AVPacket *packet = av_packet_alloc ();

    while (av_read_frame (recorded->format, packet) >= 0) {
        for (int kind = 0; kind < 2; kind++) {
            if (packet->stream_index == recorded->tracks[kind].index)
                decode (recorded, (TuttiKind)kind, packet);
        }
        av_packet_unref (packet);
    }
    av_packet_free (&packet);
    for (int kind = 0; kind < 2; kind++) {
        if (recorded->tracks[kind].decoder)
            decode (recorded, (TuttiKind)kind, NULL);
    }
}

Recorded *
recorded_open (const char *path)
{
    Recorded *recorded = g_new0 (Recorded, 1);

    recorded->pcm = g_array_new (FALSE, TRUE, sizeof (float));
    recorded->looks = g_array_new (FALSE, FALSE, sizeof (Look));
    g_assert_cmpint (avformat_open_input (&recorded->format, path, NULL, NULL), ==, 0);
    g_assert_cmpint (avformat_find_stream_info (recorded->format, NULL), >=, 0);
    open_track (recorded, TUTTI_KIND_AUDIO, AVMEDIA_TYPE_AUDIO);
    open_track (recorded, TUTTI_KIND_VIDEO, AVMEDIA_TYPE_VIDEO);
    read_all (recorded);
    return recorded;
}

void
recorded_free (Recorded *recorded)
{
    for (int kind = 0; kind < 2; kind++)
        avcodec_free_context (&recorded->tracks[kind].decoder);
    avformat_close_input (&recorded->format);
    g_array_unref (recorded->pcm);
    g_array_unref (recorded->looks);
    g_free (recorded);
}

const char *
recorded_get_codec (Recorded *recorded, TuttiKind kind)
{
    const AVCodecContext *decoder = recorded->tracks[kind].decoder;
    return decoder ? avcodec_get_name (decoder->codec_id) : "";
}

double
recorded_get_duration_s (Recorded *recorded)
{
    return (double)recorded->format->duration / AV_TIME_BASE;
}

guint
recorded_count_pictures (Recorded *recorded)
{
    return recorded->looks->len;
}

double
recorded_get_longest_gap_s (Recorded *recorded)
{
    double gap_s = 0;

    for (guint i = 1; i < recorded->looks->len; i++)
        gap_s = MAX (gap_s, g_array_index (recorded->looks, Look, i).time_s -
                                g_array_index (recorded->looks, Look, i - 1).time_s);
    return gap_s;
}

double
recorded_get_longest_jump_s (Recorded *recorded)
{
    double jump_s = 0, place_s = 0;

    for (guint i = 0; i < recorded->looks->len; i++) {
        const Look *look = &g_array_index (recorded->looks, Look, i);

        jump_s = MAX (jump_s, look->time_s - place_s);
        if (look->is_key)
            place_s = look->time_s;
    }
    return jump_s;
}

static int
compare_levels (gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double
measure (const float *pcm, guint tone_hz)
{
    double step = 2 * G_PI * tone_hz / TUTTI_RATE_HZ, real = 0, imaginary = 0;

    for (guint i = 0; i < WINDOW_SAMPLES; i++) {
        real += pcm[i] * cos (step * i);
        imaginary += pcm[i] * sin (step * i);
    }
    return 20 * log10 (2 * hypot (real, imaginary) / WINDOW_SAMPLES + 1e-9);
}

double
recorded_get_tone_db (Recorded *recorded, guint tone_hz, double from_s, double to_s)
{
    g_autoptr (GArray) levels = g_array_new (FALSE, FALSE, sizeof (double));
    guint from = (guint)(from_s * TUTTI_RATE_HZ);
    guint to = MIN ((guint)(to_s * TUTTI_RATE_HZ), recorded->pcm->len);

    for (guint at = from; at + WINDOW_SAMPLES <= to; at += WINDOW_SAMPLES) {
        double db = measure (&g_array_index (recorded->pcm, float, at), tone_hz);
        g_array_append_val (levels, db);
    }
    if (levels->len == 0)
        return -INFINITY;
    g_array_sort (levels, compare_levels);
    return g_array_index (levels, double, levels->len / 2);
}

gboolean
recorded_look_at (Recorded *recorded, double at_s, double x, double y, guint8 *colour)
{
    const Look *shown = NULL;

    for (guint i = 0; i < recorded->looks->len; i++) {
        const Look *look = &g_array_index (recorded->looks, Look, i);
        if (look->time_s <= at_s)
            shown = look;
    }
    if (!shown)
        return FALSE;
    memcpy (colour, shown->colours[(int)(y * ROWS)][(int)(x * COLUMNS)], 3);
    return TRUE;
}
