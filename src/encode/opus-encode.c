/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * opus-encode.c: 20 ms of the mix -> libopus -> a packet's payload (RFC 7587). Role: audio.
 *
 *   sound ------------> coded, marker on the first
 *   silence, 3 rounds -> coded, so that decoders fade as the sound did
 *   silence, longer ---> a packet each 400 ms: the stream and its clock stay alive
 *
 * Silence is told by the mixer (no PCM); libopus' own DTX would cost a whole encode to find it.
 */
#include "opus-encode.h"

#include <opus/opus.h>
#include <string.h>

#include <tutti/role.h>
#include <tutti/work.h>

#include "source.h"

/* A talker's last sound rings out in the decoder's filters, and FEC of it rides in the next packet.
 */
#define TAIL_ROUNDS 3
/* As libopus' own DTX (RFC 6716 section 2.1.9). */
#define COMFORT_US (400 * TUTTI_USEC_PER_MSEC)

struct _TuttiOpusEncoder {
    TuttiOpusSetup setup;
    OpusEncoder *encoder;
    guint32 source;
    guint tail_rounds;  /* of silence still to be coded at once */
    gboolean is_silent; /* the last packet was silence, or there was none */
    gint64 comfort_us;  /* when silence is coded again */
};

/* Left to itself libopus codes a mix with CELT: for a third of the hybrid mode's time, and where
 * several talk closer to what they said. Only what SILK codes has FEC, though, and where something
 * is lost libopus takes SILK if it believes that it hears a voice. */
static gboolean
expect_loss (OpusEncoder *encoder, const TuttiOpusSetup *setup)
{
    gboolean repairs = setup->fec && setup->loss_percent > 0;
    opus_int32 signal = repairs ? OPUS_SIGNAL_VOICE : OPUS_AUTO;

    return opus_encoder_ctl (encoder, OPUS_SET_SIGNAL (signal)) == OPUS_OK &&
           opus_encoder_ctl (encoder, OPUS_SET_PACKET_LOSS_PERC (setup->loss_percent)) == OPUS_OK;
}

static gboolean
configure (OpusEncoder *encoder, const TuttiOpusSetup *setup)
{
    return opus_encoder_ctl (encoder, OPUS_SET_BITRATE (setup->bitrate_bps)) == OPUS_OK &&
           opus_encoder_ctl (encoder, OPUS_SET_COMPLEXITY (setup->complexity)) == OPUS_OK &&
           opus_encoder_ctl (encoder, OPUS_SET_INBAND_FEC (setup->fec)) == OPUS_OK &&
           expect_loss (encoder, setup);
}

/* In place, without allocating. OPUS_RESET_STATE would leave some of the past in SILK's control. */
static void
init_state (TuttiOpusEncoder *self)
{
    int error = opus_encoder_init (self->encoder, TUTTI_RATE_HZ, self->setup.channels,
                                   OPUS_APPLICATION_AUDIO);
    gboolean is_ready = error == OPUS_OK && configure (self->encoder, &self->setup);

    g_assert (is_ready);
    self->tail_rounds = 0;
    self->is_silent = TRUE;
    self->comfort_us = G_MININT64;
}

/* By the clock on the wall, which is what the round has 20 ms of. */
static opus_int32
run_encoder (TuttiOpusEncoder *self, const gint16 *pcm, TuttiPacket *packet)
{
    TuttiWork work = tutti_work_enter (TUTTI_WORK_ENCODE);
    gint64 began_us = g_get_monotonic_time ();
    opus_int32 bytes = opus_encode (self->encoder, pcm, TUTTI_ROUND_SAMPLES, packet->data,
                                    TUTTI_PAYLOAD_MAX_BYTES);

    if (self->setup.times)
        tutti_histogram_note (self->setup.times, g_get_monotonic_time () - began_us);
    tutti_work_enter (work);
    return bytes;
}

static TuttiPacket *
encode_round (TuttiOpusEncoder *self, const gint16 *pcm, gint64 now_us)
{
    TuttiPacket *packet = tutti_packet_new ();
    opus_int32 bytes = run_encoder (self, pcm, packet);

    if (bytes <= 0) {
        tutti_packet_unref (packet);
        return NULL;
    }
    packet->length_bytes = bytes;
    packet->time_us = now_us;
    packet->source = self->source;
    packet->codec = TUTTI_CODEC_OPUS;
    return packet;
}

static TuttiPacket *
push_silence (TuttiOpusEncoder *self, gint64 now_us)
{
    static const gint16 silence[TUTTI_ROUND_VALUES_MAX];

    if (self->tail_rounds > 0)
        self->tail_rounds--;
    else if (now_us < self->comfort_us)
        return NULL;
    self->is_silent = TRUE;
    self->comfort_us = now_us + COMFORT_US;
    return encode_round (self, silence, now_us);
}

TuttiOpusEncoder *
tutti_opus_encoder_new (const TuttiOpusSetup *setup)
{
    TuttiOpusEncoder *self = g_new0 (TuttiOpusEncoder, 1);

    tutti_assert_role (TUTTI_ROLE_MAIN);
    self->setup = *setup;
    self->encoder = g_malloc (opus_encoder_get_size (setup->channels));
    self->source = tutti_source_next_id ();
    init_state (self);
    return self;
}

void
tutti_opus_encoder_free (TuttiOpusEncoder *self)
{
    if (self == NULL)
        return;
    g_free (self->encoder);
    g_free (self);
}

TuttiPacket *
tutti_opus_encoder_push (TuttiOpusEncoder *self, const gint16 *pcm, gint64 now_us)
{
    TuttiPacket *packet;

    tutti_assert_role (TUTTI_ROLE_AUDIO);
    if (pcm == NULL)
        return push_silence (self, now_us);
    packet = encode_round (self, pcm, now_us);
    if (packet != NULL && self->is_silent)
        packet->flags |= TUTTI_PACKET_MARKER; /* RFC 3551 section 4.1 */
    self->is_silent = FALSE;
    self->tail_rounds = TAIL_ROUNDS;
    return packet;
}

void
tutti_opus_encoder_reset (TuttiOpusEncoder *self)
{
    init_state (self);
}

void
tutti_opus_encoder_follow (TuttiOpusEncoder *self, const TuttiOpusEncoder *from)
{
    /* libopus keeps all of its state in this one block, without pointers (opus.h). */
    memcpy (self->encoder, from->encoder, (gsize)opus_encoder_get_size (from->setup.channels));
    self->tail_rounds = from->tail_rounds;
    self->is_silent = from->is_silent;
    self->comfort_us = from->comfort_us;
    tutti_opus_encoder_set_loss (self, self->setup.loss_percent);
}

void
tutti_opus_encoder_set_loss (TuttiOpusEncoder *self, guint percent)
{
    self->setup.loss_percent = MIN (percent, 100);
    expect_loss (self->encoder, &self->setup);
}
