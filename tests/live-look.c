/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * live-look.c: a received file decoded: flashes, clicks, colour, pitch and their times.
 */
#include "live-kit.h"

#include <math.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#define EVENTS_MAX 64
#define CLICK_LEVEL 0.3
/* Sound that tells the pitch: without a click's neighbourhood. */
#define TONE_WINDOW 9600

typedef struct {
    AVFormatContext *file;
    AVCodecContext *decoders[2]; /* pictures, sound */
    int streams[2];
    LiveLook *look;
    double flashes[EVENTS_MAX], clicks[EVENTS_MAX];
    double first_s, last_s; /* pictures */
    gboolean was_white;
    double quiet_since_s;
    guint n_red;
    double re, im, best_tone; /* of the window so far */
    guint n_window;
    gboolean has_click; /* in the window */
} Eye;

static void
open_stream (Eye *eye, guint i, enum AVMediaType type)
{
    const AVCodec *codec;

    eye->streams[i] = av_find_best_stream (eye->file, type, -1, -1, &codec, 0);
    g_assert_cmpint (eye->streams[i], >=, 0);
    eye->decoders[i] = avcodec_alloc_context3 (codec);
    avcodec_parameters_to_context (eye->decoders[i], eye->file->streams[eye->streams[i]]->codecpar);
    g_assert_cmpint (avcodec_open2 (eye->decoders[i], codec, NULL), ==, 0);
}

static double
measure_mean (const AVFrame *frame, int plane)
{
    int width = plane == 0 ? frame->width : frame->width / 2;
    int height = plane == 0 ? frame->height : frame->height / 2;
    guint64 sum = 0;

    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            sum += frame->data[plane][y * frame->linesize[plane] + x];
    return (double)sum / (width * height);
}

static void
see (Eye *eye, const AVFrame *frame, double time_s)
{
    LiveLook *look = eye->look;
    gboolean is_white = measure_mean (frame, 0) > 180;

    g_assert_cmpint (frame->width, ==, LIVE_WIDTH);
    g_assert_cmpint (frame->height, ==, LIVE_HEIGHT);
    if (look->n_pictures++ == 0)
        eye->first_s = time_s;
    else
        look->longest_gap_s = MAX (look->longest_gap_s, time_s - eye->last_s);
    eye->last_s = time_s;
    if (is_white && !eye->was_white && look->n_flashes < EVENTS_MAX)
        eye->flashes[look->n_flashes++] = time_s;
    eye->was_white = is_white;
    eye->n_red += measure_mean (frame, 2) > 200 && measure_mean (frame, 1) < 110;
}

static void
hear_tone (Eye *eye, float sample)
{
    double turn = 2 * G_PI * LIVE_TONE_HZ * eye->n_window / TUTTI_RATE_HZ;

    eye->re += sample * cos (turn);
    eye->im += sample * sin (turn);
    eye->has_click |= fabsf (sample) > CLICK_LEVEL;
    if (++eye->n_window < TONE_WINDOW)
        return;
    if (!eye->has_click)
        eye->look->tone =
            MAX (eye->look->tone, 2 * sqrt (eye->re * eye->re + eye->im * eye->im) / TONE_WINDOW);
    eye->re = eye->im = 0;
    eye->n_window = 0;
    eye->has_click = FALSE;
}

static void
hear (Eye *eye, const AVFrame *frame, double time_s)
{
    LiveLook *look = eye->look;

    g_assert_cmpint (frame->sample_rate, ==, TUTTI_RATE_HZ);
    for (int i = 0; i < frame->nb_samples; i++) {
        float sample = ((const float *)frame->data[0])[i];
        double now_s = time_s + (double)i / TUTTI_RATE_HZ;

        hear_tone (eye, sample);
        if (fabsf (sample) < CLICK_LEVEL)
            continue;
        if (now_s - eye->quiet_since_s > 0.5 && look->n_clicks < EVENTS_MAX)
            eye->clicks[look->n_clicks++] = now_s;
        eye->quiet_since_s = now_s;
    }
    look->sound_s += (double)frame->nb_samples / TUTTI_RATE_HZ;
}

static void
decode (Eye *eye, guint i, AVPacket *packet)
{
    AVFrame *frame = av_frame_alloc ();
    AVRational time_base = eye->file->streams[eye->streams[i]]->time_base;

    avcodec_send_packet (eye->decoders[i], packet);
    while (avcodec_receive_frame (eye->decoders[i], frame) == 0) {
        double time_s = (double)frame->best_effort_timestamp * av_q2d (time_base);

        if (i == 0)
            see (eye, frame, time_s);
        else
            hear (eye, frame, time_s);
    }
    av_frame_free (&frame);
}

/* A flash or click whose partner is beyond the file's ends has none. */
static void
pair (Eye *eye)
{
    for (guint f = 0; f < eye->look->n_flashes; f++) {
        double best = LIVE_FLASH_EVERY_S / 2.0;

        for (guint c = 0; c < eye->look->n_clicks; c++)
            best = MIN (best, fabs (eye->flashes[f] - eye->clicks[c]));
        if (f > 0 && f + 1 < eye->look->n_flashes)
            eye->look->worst_ms = MAX (eye->look->worst_ms, best * 1000);
    }
}

void
live_look (const char *file, LiveLook *look)
{
    Eye eye = {.look = look, .quiet_since_s = -10};
    AVPacket *packet = av_packet_alloc ();

    *look = (LiveLook){0};
    g_assert_cmpint (avformat_open_input (&eye.file, file, NULL, NULL), ==, 0);
    g_assert_cmpint (avformat_find_stream_info (eye.file, NULL), >=, 0);
    open_stream (&eye, 0, AVMEDIA_TYPE_VIDEO);
    open_stream (&eye, 1, AVMEDIA_TYPE_AUDIO);
    while (av_read_frame (eye.file, packet) == 0) {
        for (guint i = 0; i < 2; i++)
            if (packet->stream_index == eye.streams[i])
                decode (&eye, i, packet);
        av_packet_unref (packet);
    }
    decode (&eye, 0, NULL);
    pair (&eye);
    look->frame_rate = (look->n_pictures - 1) / (eye.last_s - eye.first_s);
    look->red = (double)eye.n_red / look->n_pictures;
    for (guint i = 0; i < 2; i++)
        avcodec_free_context (&eye.decoders[i]);
    av_packet_free (&packet);
    avformat_close_input (&eye.file);
}

void
live_assert_good (const LiveLook *look, double seconds)
{
    g_test_message (
        "%u pictures at %.2f/s, longest gap %.3f s, %.2f red; %.2f s of sound, tone %.3f; "
        "%u flashes, %u clicks, at most %.1f ms apart",
        look->n_pictures, look->frame_rate, look->longest_gap_s, look->red, look->sound_s,
        look->tone, look->n_flashes, look->n_clicks, look->worst_ms);
    g_assert_cmpuint (look->n_pictures, >, seconds * LIVE_FRAME_RATE * 0.9);
    g_assert_cmpfloat (look->frame_rate, >, LIVE_FRAME_RATE * 0.98);
    g_assert_cmpfloat (look->frame_rate, <, LIVE_FRAME_RATE * 1.02);
    g_assert_cmpfloat (look->longest_gap_s, <, 0.1);
    g_assert_cmpfloat (look->red, >, 0.85);
    g_assert_cmpfloat (look->sound_s, >, seconds * 0.9);
    g_assert_cmpfloat (look->tone, >, 0.07);
    g_assert_cmpfloat (look->tone, <, 0.13);
    g_assert_cmpuint (look->n_flashes, >=, seconds / LIVE_FLASH_EVERY_S - 1);
    g_assert_cmpuint (look->n_clicks, >=, seconds / LIVE_FLASH_EVERY_S - 1);
    g_assert_cmpfloat (look->worst_ms, <=, 60);
}
