/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * aac.c: see aac.h. Role: file.
 *
 * A packet's place is computed from its time, not from its neighbours: what the mix leaves out
 * (silence, a late round) becomes silence of that length, and nothing adds up over hours.
 */
#include "aac.h"

#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <opus/opus.h>

#include <tutti/error.h>

/* The longest Opus packet: 120 ms (RFC 6716 section 3.2.5). */
#define PACKET_SAMPLES_MAX 5760
/* Nearer than this to its neighbour a packet follows it at once: rounding, not a gap. A round is
 * 960. */
#define SLACK_SAMPLES 240

struct _TuttiAac {
    guint channels;
    gint64 origin_us;
    TuttiAacFunc func;
    gpointer user_data;

    OpusDecoder *opus;
    int lookahead_samples; /* of the Opus encoder: by so much decoded sound is late */
    float pcm[PACKET_SAMPLES_MAX * TUTTI_CHANNELS_MAX];

    AVCodecContext *encoder;
    AVPacket *packet;
    AVFrame *frame;     /* being filled */
    guint n_filled;     /* samples in it */
    gint64 next_sample; /* position of the next to be filled in */
};

static gint64
find_position (const TuttiAac *self, gint64 time_us)
{
    return (time_us - self->origin_us) * (TUTTI_RATE_HZ / 1000) / TUTTI_USEC_PER_MSEC -
           self->lookahead_samples;
}

/* The encoder's first frame holds what was before the first sample (its own delay): left out, its
 * place is before the origin. */
static void
hand_over (TuttiAac *self)
{
    while (avcodec_receive_packet (self->encoder, self->packet) == 0) {
        if (self->packet->pts >= 0 && self->func)
            self->func (self->packet->pts, self->packet->data, (gsize)self->packet->size,
                        self->user_data);
        av_packet_unref (self->packet);
    }
}

static void
encode (TuttiAac *self)
{
    self->frame->pts = self->next_sample - self->n_filled;
    self->n_filled = 0;
    if (avcodec_send_frame (self->encoder, self->frame) == 0)
        hand_over (self);
    if (av_frame_make_writable (self->frame) < 0)
        g_error ("out of memory");
}

/* pcm: interleaved; NULL: silence. */
static void
append (TuttiAac *self, const float *pcm, gint64 n_samples)
{
    while (n_samples > 0) {
        guint n = (guint)MIN (n_samples, TUTTI_AAC_FRAME_SAMPLES - self->n_filled);

        for (guint c = 0; c < self->channels; c++) {
            float *to = (float *)self->frame->data[c] + self->n_filled;
            for (guint i = 0; i < n; i++)
                to[i] = pcm ? pcm[i * self->channels + c] : 0;
        }
        pcm = pcm ? pcm + n * self->channels : NULL;
        n_samples -= n;
        self->n_filled += n;
        self->next_sample += n;
        if (self->n_filled == TUTTI_AAC_FRAME_SAMPLES)
            encode (self);
    }
}

static gboolean
open_encoder (TuttiAac *self, guint bitrate_bps)
{
    const AVCodec *codec = avcodec_find_encoder_by_name ("aac");
    AVCodecContext *context = codec ? avcodec_alloc_context3 (codec) : NULL;

    self->encoder = context;
    if (!context)
        return FALSE;
    context->sample_rate = TUTTI_RATE_HZ;
    context->sample_fmt = AV_SAMPLE_FMT_FLTP;
    av_channel_layout_default (&context->ch_layout, (int)self->channels);
    context->bit_rate = bitrate_bps;
    context->time_base = (AVRational){1, TUTTI_RATE_HZ};
    context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    /* Speech and a rate that is ample for it: the search that takes a tenth of the time will do. */
    av_opt_set (context->priv_data, "aac_coder", "fast", 0);
    return avcodec_open2 (context, codec, NULL) == 0 &&
           context->frame_size == TUTTI_AAC_FRAME_SAMPLES;
}

static gboolean
make_frame (TuttiAac *self)
{
    self->packet = av_packet_alloc ();
    self->frame = av_frame_alloc ();
    if (!self->packet || !self->frame)
        return FALSE;
    self->frame->nb_samples = TUTTI_AAC_FRAME_SAMPLES;
    self->frame->format = self->encoder->sample_fmt;
    self->frame->sample_rate = TUTTI_RATE_HZ;
    return av_channel_layout_copy (&self->frame->ch_layout, &self->encoder->ch_layout) == 0 &&
           av_frame_get_buffer (self->frame, 0) == 0;
}

/* libopus tells an encoder's lookahead only to those who have one; it is the same for every one of
 * this mode and rate. */
static int
find_lookahead (guint channels)
{
    int error = 0, samples = 0;
    OpusEncoder *encoder =
        opus_encoder_create (TUTTI_RATE_HZ, (int)channels, OPUS_APPLICATION_VOIP, &error);

    if (encoder)
        opus_encoder_ctl (encoder, OPUS_GET_LOOKAHEAD (&samples));
    opus_encoder_destroy (encoder);
    return samples;
}

TuttiAac *
tutti_aac_new (guint channels, guint bitrate_bps, gint64 origin_us, GError **error)
{
    g_autoptr (TuttiAac) self = g_new0 (TuttiAac, 1);
    int opus_error = 0;

    self->channels = channels;
    self->origin_us = origin_us;
    self->opus = opus_decoder_create (TUTTI_RATE_HZ, (int)channels, &opus_error);
    self->lookahead_samples = find_lookahead (channels);
    if (!self->opus || !open_encoder (self, bitrate_bps) || !make_frame (self)) {
        g_set_error_literal (error, TUTTI_ERROR, TUTTI_ERROR_UNSUPPORTED,
                             "libavcodec has no AAC encoder for this sound");
        return NULL;
    }
    return g_steal_pointer (&self);
}

void
tutti_aac_free (TuttiAac *self)
{
    if (!self)
        return;
    if (self->opus)
        opus_decoder_destroy (self->opus);
    avcodec_free_context (&self->encoder);
    av_packet_free (&self->packet);
    av_frame_free (&self->frame);
    g_free (self);
}

void
tutti_aac_set_func (TuttiAac *self, TuttiAacFunc func, gpointer user_data)
{
    self->func = func;
    self->user_data = user_data;
}

const guint8 *
tutti_aac_get_config (TuttiAac *self, gsize *length_bytes)
{
    *length_bytes = (gsize)self->encoder->extradata_size;
    return self->encoder->extradata;
}

void
tutti_aac_push (TuttiAac *self, const guint8 *data, gsize length_bytes, gint64 time_us)
{
    gint64 gap = find_position (self, time_us) - self->next_sample;
    gint64 skip;
    int n_samples;

    if (length_bytes == 0) /* libopus would invent sound */
        return;
    n_samples = opus_decode_float (self->opus, data, (opus_int32)length_bytes, self->pcm,
                                   PACKET_SAMPLES_MAX, 0);
    if (n_samples <= 0)
        return;
    if (gap > SLACK_SAMPLES)
        append (self, NULL, gap);
    skip = gap < -SLACK_SAMPLES ? MIN (-gap, n_samples) : 0;
    append (self, self->pcm + skip * self->channels, n_samples - skip);
}

void
tutti_aac_fill (TuttiAac *self, gint64 until_us)
{
    append (self, NULL, MAX (find_position (self, until_us) - self->next_sample, 0));
}
