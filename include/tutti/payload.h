/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * payload.h: what a video payload's first bytes tell of it, and the buffer in which a frame's
 * payloads become what a decoder or a file takes. Pure. Any thread.
 */
#pragma once

#include <tutti/types.h>

/* A key frame of a 4K screen at good quality stays below; nothing that large could be sent in time
 * by a browser. */
#define TUTTI_CODED_MAX_BYTES (1024 * 1024)
/* What follows the coded bytes, zeroed, so that decoders may read ahead
 * (AV_INPUT_BUFFER_PADDING_SIZE is 64). */
#define TUTTI_CODED_PADDING_BYTES 64

typedef enum {
    TUTTI_PART_START = 1 << 0,  /* a frame begins with this payload */
    TUTTI_PART_CONFIG = 1 << 1, /* it holds what a decoder must know to begin */
    TUTTI_PART_KEY = 1 << 2,    /* it is of a key frame: told by the first payload (VP8) or any */
    TUTTI_PART_LAYERS = 1 << 3, /* temporal layers are told: the fields below */
    TUTTI_PART_SYNC = 1 << 4,   /* depends on the base layer only (RFC 7741, Y) */
} TuttiPart;

/* All that makes a payload fit to begin decoding with. */
#define TUTTI_PART_KEY_FRAME (TUTTI_PART_CONFIG | TUTTI_PART_KEY)

typedef struct {
    guint8 parts;            /* TuttiPart */
    guint8 picture_id_bits;  /* 7, 15, or 0: not told */
    guint8 base_layer_index; /* RFC 7741 TL0PICIDX */
    guint8 temporal_id;      /* 0: base layer */
    guint16 picture_id;
} TuttiPayload;

typedef struct {
    guint8 *data;
    gsize length, capacity;
    gboolean is_open; /* within a NAL unit of which more fragments must follow */
} TuttiCoded;

void tutti_coded_clear (TuttiCoded *coded);
void tutti_coded_free (TuttiCoded *coded); /* what is inside */
/* FALSE: it would be larger than a frame may be. */
gboolean tutti_coded_append (TuttiCoded *coded, const guint8 *data, gsize length);

/* --- VP8 (RFC 7741) --- */

/* FALSE: no VP8 payload. */
gboolean tutti_vp8_look (const guint8 *data, gsize length, TuttiPayload *payload);
/* Appends what follows the payload descriptor. FALSE: no VP8 payload, or too much. */
gboolean tutti_vp8_depay (TuttiCoded *coded, const guint8 *data, gsize length);

/* --- H.264 (RFC 6184), packetization modes 0 and 1: single NAL units, STAP-A, FU-A; into a byte
 * stream with start codes (H.264 annex B). --- */

/* FALSE: no payload of these modes. */
gboolean tutti_h264_look (const guint8 *data, gsize length, TuttiPayload *payload);
/* FALSE: no payload of these modes, a fragment out of place, or too much. */
gboolean tutti_h264_depay (TuttiCoded *coded, const guint8 *data, gsize length);
