/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * opus-packet.h: what a file must know of Opus packets without decoding them. Pure. Any thread.
 */
#pragma once

#include <tutti/types.h>

/* Lookahead of libopus in samples of 48 kHz (OPUS_GET_LOOKAHEAD, for VOIP and AUDIO): what a
 * decoder gives out before the first sound that was encoded (RFC 7845 section 4.2). */
#define TUTTI_OPUS_PRE_SKIP_SAMPLES 312
/* How long before a place a decoder must begin for it to sound right (RFC 7845 section 4.6). */
#define TUTTI_OPUS_PRE_ROLL_SAMPLES 3840

#define TUTTI_OPUS_HEAD_BYTES 19

/* RFC 7845 section 5.1, mapping family 0. */
void tutti_opus_write_head (guint8 head[TUTTI_OPUS_HEAD_BYTES], guint channels);

/* How long a packet sounds (RFC 6716 section 3.1 and 3.2); 0: it is none. */
gint64 tutti_opus_get_duration_us (const guint8 *data, gsize length_bytes);

/* 20 ms of digital silence. */
const guint8 *tutti_opus_get_silence (guint channels, gsize *length_bytes);
