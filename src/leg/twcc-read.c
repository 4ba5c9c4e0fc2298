/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * twcc-read.c: see twcc-read.h. Chunks are walked twice: once to find where the deltas begin, once
 * with them.
 */
#include "twcc-read.h"

#include "bytes.h"

/* Section 3.1. */
#define HEAD_BYTES 8
#define CHUNK_BYTES 2
#define VECTOR 0x8000      /* otherwise a run of one symbol */
#define VECTOR_2BIT 0x4000 /* otherwise one bit a symbol */
#define VECTOR_SHIFT 2     /* the two bits above the symbols */
#define VECTOR_BITS 14
#define RUN_MASK 0x1FFF
#define RUN_SHIFT 13

enum { MISSING = 0, SMALL = 1, LARGE = 2, RESERVED = 3 };

static guint
count_symbols (guint16 chunk)
{
    if (!(chunk & VECTOR))
        return chunk & RUN_MASK;
    return chunk & VECTOR_2BIT ? VECTOR_BITS / 2 : VECTOR_BITS;
}

/* Behind the chunks; NULL when they tell of fewer packets than there should be. */
static const guint8 *
skip_chunks (const guint8 *at, const guint8 *end, guint n_packets)
{
    for (guint n = 0; n < n_packets; at += CHUNK_BYTES) {
        if (end - at < CHUNK_BYTES)
            return NULL;
        n += count_symbols (tutti_get_u16 (at));
    }
    return at;
}

/* FALSE: no chunk is left. */
static gboolean
open_chunk (TuttiTwccReader *reader)
{
    guint16 chunk;

    if (reader->chunk == reader->chunks_end)
        return FALSE;
    chunk = tutti_get_u16 (reader->chunk);
    reader->chunk += CHUNK_BYTES;
    reader->n_symbols = count_symbols (chunk);
    if (chunk & VECTOR) {
        reader->symbol_bits = chunk & VECTOR_2BIT ? 2 : 1;
        reader->symbols = (guint16)(chunk << VECTOR_SHIFT);
    } else {
        reader->symbol_bits = 0; /* a run: the symbol stays */
        reader->symbols = chunk >> RUN_SHIFT;
    }
    return TRUE;
}

static guint
take_symbol (TuttiTwccReader *reader)
{
    guint symbol;

    reader->n_symbols--;
    if (reader->symbol_bits == 0)
        return reader->symbols;
    symbol = reader->symbols >> (16 - reader->symbol_bits);
    reader->symbols = (guint16)(reader->symbols << reader->symbol_bits);
    return symbol;
}

/* FALSE: the message ends before its delta. */
static gboolean
take_delta (TuttiTwccReader *reader, guint symbol)
{
    guint bytes = symbol == SMALL ? 1 : 2;

    if (symbol == RESERVED || reader->end - reader->delta < (gssize)bytes)
        return FALSE;
    reader->ticks += symbol == SMALL ? reader->delta[0] : (gint16)tutti_get_u16 (reader->delta);
    reader->delta += bytes;
    return TRUE;
}

gboolean
tutti_twcc_reader_start (TuttiTwccReader *reader, const TuttiRtcpFeedback *feedback)
{
    const guint8 *at = feedback->fci, *end = at + feedback->fci_bytes;
    const guint8 *deltas;

    if (feedback->format != TUTTI_RTCP_FMT_TRANSPORT_CC || feedback->fci_bytes < HEAD_BYTES)
        return FALSE;
    deltas = skip_chunks (at + HEAD_BYTES, end, tutti_get_u16 (at + 2));
    if (deltas == NULL)
        return FALSE;
    *reader = (TuttiTwccReader){.reference = tutti_get_u24 (at + 4),
                                .count = at[7],
                                .seq = tutti_get_u16 (at),
                                .n_left = tutti_get_u16 (at + 2),
                                .chunk = at + HEAD_BYTES,
                                .chunks_end = deltas,
                                .delta = deltas,
                                .end = end};
    return TRUE;
}

gboolean
tutti_twcc_reader_next (TuttiTwccReader *reader, TuttiTwccStatus *status)
{
    guint symbol;

    if (reader->n_left == 0)
        return FALSE;
    while (reader->n_symbols == 0) /* a run may have no length */
        if (!open_chunk (reader))
            return FALSE;
    symbol = take_symbol (reader);
    if (symbol != MISSING && !take_delta (reader, symbol)) {
        reader->malformed = TRUE;
        reader->n_left = 0;
        return FALSE;
    }
    *status = (TuttiTwccStatus){
        .seq = reader->seq++, .arrived = symbol != MISSING, .ticks = reader->ticks};
    reader->n_left--;
    return TRUE;
}
