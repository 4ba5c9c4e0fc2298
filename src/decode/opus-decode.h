/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * opus-decode.h: one Opus decoder at 48 kHz, and what a packet says of itself. Role: audio; new and
 * free: main. Never allocates after new().
 */
#pragma once

#include <tutti/packet.h>

typedef struct _TuttiOpusDecoder TuttiOpusDecoder;

/* RFC 6716 section 3.2: no packet is longer than 120 ms. */
#define TUTTI_OPUS_SAMPLES_MAX (TUTTI_RATE_HZ * 120 / 1000)
/* Everything Opus makes is a multiple of its shortest frame, 2.5 ms. */
#define TUTTI_OPUS_SAMPLES_MIN (TUTTI_RATE_HZ / 400)

/* How long it plays; 0: not an Opus packet. */
guint tutti_opus_samples (const TuttiPacket *packet);
/* TRUE when it carries the frame before once more (RFC 6716 section 2.1.7). */
gboolean tutti_opus_has_fec (const TuttiPacket *packet);

/* channels: 1 or 2, of the output, whatever the sender sends. */
TuttiOpusDecoder *tutti_opus_decoder_new (guint channels);
void tutti_opus_decoder_free (TuttiOpusDecoder *decoder);
/* Forgets the past: another stream begins. */
void tutti_opus_decoder_reset (TuttiOpusDecoder *decoder);

/* pcm: room for TUTTI_OPUS_SAMPLES_MAX. Samples a channel written; 0: the packet is damaged. */
guint tutti_opus_decoder_push (TuttiOpusDecoder *decoder, const TuttiPacket *packet, gint16 *pcm);
/* Makes up lost samples, a multiple of TUTTI_OPUS_SAMPLES_MIN and at most _MAX, ending where `next`
 * begins: with its FEC; TRUE if there was any. next NULL: from the past alone. */
gboolean tutti_opus_decoder_conceal (TuttiOpusDecoder *decoder, const TuttiPacket *next,
                                     gint16 *pcm, guint samples);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiOpusDecoder, tutti_opus_decoder_free)
