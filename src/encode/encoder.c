/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * encoder.c: chooses the codec, keeps the codec's time, and stamps the packets. Role: video.
 *
 *   picture -> vp8-encode | h264-encode -> pay-vp8 | pay-h264 -> stamp -> rendition
 */
#include "encoder.h"

#include "h264-encode.h"
#include "source.h"
#include "vp8-encode.h"

/* A canvas that stands still gives a picture a second. A rate control that believes the clock lets
 * the first pictures after it cost whole seconds' bits, and the link gets them as a burst. So the
 * codec's clock never advances by more than so many frames at once. Measured with libvpx at 720p,
 * the first second of motion after still ones costs 1.3 times the rate with 2, 1.8 with 4, 2.3 with
 * 10; with 1, sources of half the frame rate would get but half the bits. */
#define GAP_MAX_FRAMES 2

/* What comes after a longer pause goes to everybody, or peers of a lower temporal layer would keep
 * an old picture for as long as the canvas stands still. Sources down to 8 frames a second have
 * layers. */
#define PAUSE_US (130 * TUTTI_USEC_PER_MSEC)

/* A second thread of libvpx costs four tenths more time for a tenth less of a frame's way, and
 * where other work keeps it from its core the first one spins for it, ten times a frame's cost
 * (tests/bench-settings): only for sizes that may take one thread longer than a frame lasts. */
#define TWO_THREADS_FROM_PX (1920 * 1080)
/* With fewer cores the other jobs have a better use for the second one. */
#define TWO_THREADS_FROM_CORES 4

struct _TuttiEncoder {
    const TuttiEncoderClass *klass;
    gpointer codec_encoder;
    TuttiCodec codec;
    guint32 source;
    gint64 gap_max_us;
    gint64 last_us;       /* our clock, of the last picture */
    gint64 codec_time_us; /* the codec's clock, of the last picture */
    gboolean needs_key;   /* nothing the peers could build upon */
};

static const TuttiEncoderClass *
choose_class (TuttiCodec codec)
{
    switch (codec) {
    case TUTTI_CODEC_VP8:
        return &tutti_vp8_encoder_class;
    case TUTTI_CODEC_H264:
        return &tutti_h264_encoder_class;
    default:
        return NULL;
    }
}

static guint
choose_threads (const TuttiEncoderSetup *setup)
{
    gboolean is_large = setup->width * setup->height >= TWO_THREADS_FROM_PX;

    return is_large && g_get_num_processors () >= TWO_THREADS_FROM_CORES ? 2 : 1;
}

static void
advance_time (TuttiEncoder *self, gint64 time_us)
{
    if (self->last_us != 0)
        self->codec_time_us += CLAMP (time_us - self->last_us, 1, self->gap_max_us);
    self->last_us = time_us;
}

static void
stamp_packets (TuttiEncoder *self, GPtrArray *packets, guint from, gint64 time_us, gboolean is_key)
{
    for (guint i = from; i < packets->len; i++) {
        TuttiPacket *packet = packets->pdata[i];

        packet->time_us = time_us;
        packet->source = self->source;
        packet->codec = self->codec;
        packet->flags = (is_key ? TUTTI_PACKET_KEY_FRAME : 0) |
                        (i == from ? TUTTI_PACKET_FRAME_START : 0) |
                        (i == packets->len - 1 ? TUTTI_PACKET_MARKER : 0);
    }
}

TuttiEncoder *
tutti_encoder_new (TuttiCodec codec, const TuttiEncoderSetup *setup)
{
    const TuttiEncoderClass *klass = choose_class (codec);
    TuttiEncoderSetup full = *setup;
    g_autoptr (TuttiEncoder) self = g_new0 (TuttiEncoder, 1);

    g_return_val_if_fail (klass != NULL && setup->frame_rate > 0, NULL);
    self->klass = klass;
    self->codec = codec;
    self->source = tutti_source_next_id ();
    self->gap_max_us = GAP_MAX_FRAMES * G_USEC_PER_SEC / setup->frame_rate;
    self->needs_key = TRUE;
    if (full.threads == 0)
        full.threads = choose_threads (setup);
    self->codec_encoder = klass->make (&full);
    return self->codec_encoder != NULL ? g_steal_pointer (&self) : NULL;
}

void
tutti_encoder_free (TuttiEncoder *self)
{
    if (self == NULL)
        return;
    if (self->codec_encoder != NULL)
        self->klass->destroy (self->codec_encoder);
    g_free (self);
}

gboolean
tutti_encoder_encode (TuttiEncoder *self, const TuttiPicture *picture, gint64 time_us,
                      gboolean *key, GPtrArray *packets)
{
    guint from = packets->len;

    if (self->klass->restart != NULL && time_us > self->last_us + PAUSE_US)
        self->klass->restart (self->codec_encoder);
    advance_time (self, time_us);
    *key = *key || self->needs_key;
    self->needs_key =
        !self->klass->encode (self->codec_encoder, picture, self->codec_time_us, key, packets);
    if (self->needs_key) {
        g_ptr_array_set_size (packets, from);
        return FALSE;
    }
    stamp_packets (self, packets, from, time_us, *key);
    return TRUE;
}

gboolean
tutti_encoder_is_playing (TuttiEncoder *self)
{
    return self->klass->is_playing != NULL && self->klass->is_playing (self->codec_encoder);
}

gboolean
tutti_encoder_repeat (TuttiEncoder *self, const TuttiPicture *picture, gint64 time_us,
                      GPtrArray *packets)
{
    guint from = packets->len;

    if (self->needs_key || self->klass->repeat == NULL)
        return FALSE;
    advance_time (self, time_us);
    if (!self->klass->repeat (self->codec_encoder, picture, self->codec_time_us, packets)) {
        g_ptr_array_set_size (packets, from);
        return FALSE;
    }
    stamp_packets (self, packets, from, time_us, FALSE);
    return TRUE;
}

void
tutti_encoder_rest (TuttiEncoder *self)
{
    self->klass->rest (self->codec_encoder);
}

void
tutti_encoder_set_haste (TuttiEncoder *self, TuttiHasteLevel level)
{
    if (self->klass->set_haste != NULL)
        self->klass->set_haste (self->codec_encoder, level);
}
