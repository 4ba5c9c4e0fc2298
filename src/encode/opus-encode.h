/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * opus-encode.h: one Opus encoder: 20 ms of PCM in, a packet out. Role: audio; new and free: main.
 */
#pragma once

#include <tutti/histogram.h>
#include <tutti/packet.h>

typedef struct _TuttiOpusEncoder TuttiOpusEncoder;

typedef struct {
    guint channels; /* 1 or 2 */
    guint bitrate_bps;
    gboolean fec;          /* in-band FEC (RFC 6716 section 2.1.7) */
    guint loss_percent;    /* expected, for FEC; 0 to 100 */
    guint complexity;      /* 0 to 10 */
    TuttiHistogram *times; /* where to note how long each encode takes; borrowed; NULL: nowhere */
} TuttiOpusSetup;

TuttiOpusEncoder *tutti_opus_encoder_new (const TuttiOpusSetup *setup);
void tutti_opus_encoder_free (TuttiOpusEncoder *encoder);

/* pcm: TUTTI_ROUND_SAMPLES * channels values; NULL is silence: one comfort packet each 400 ms, NULL
 * else (the caller sends nothing). The packet's time_us is now_us, source is this encoder's id;
 * marker on the first after silence. The caller owns the reference. */
TuttiPacket *tutti_opus_encoder_push (TuttiOpusEncoder *encoder, const gint16 *pcm, gint64 now_us);

/* What listeners lose, as far as is known; 0 at first, if the setup says so. With fec, repairs take
 * their share of the bit rate only when there is a loss. Role: audio. */
void tutti_opus_encoder_set_loss (TuttiOpusEncoder *encoder, guint percent);

/* Forgets the past: before an encoder changes hands, so that nothing of the one mix leaks into the
 * other. */
void tutti_opus_encoder_reset (TuttiOpusEncoder *encoder);
/* Goes on where `from` is, of the same setup: who has heard from's packets up to now hears no seam
 * when the next is of this one. */
void tutti_opus_encoder_follow (TuttiOpusEncoder *encoder, const TuttiOpusEncoder *from);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiOpusEncoder, tutti_opus_encoder_free)
