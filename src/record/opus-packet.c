/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * opus-packet.c: see opus-packet.h.
 */
#include "opus-packet.h"

#include <string.h>

/* RFC 6716 section 3.1: the TOC byte is config (5 bits), stereo (1), frame count code (2). */
#define TOC_CONFIG_SHIFT 3
#define TOC_MASK_CODE 0x03
#define CODE_ONE_FRAME 0
#define CODE_ANY_COUNT 3
#define MASK_COUNT 0x3f
/* Section 3.4, R5: longer than that is no packet. */
#define DURATION_MAX_US 120000

static gint64
get_frame_us (guint config)
{
    /* Table 2: SILK, hybrid, CELT. */
    static const guint16 silk_ms[] = {10, 20, 40, 60};
    static const guint16 celt_us[] = {2500, 5000, 10000, 20000};

    if (config < 12)
        return silk_ms[config % 4] * TUTTI_USEC_PER_MSEC;
    if (config < 16)
        return (config % 2 ? 20 : 10) * TUTTI_USEC_PER_MSEC;
    return celt_us[config % 4];
}

void
tutti_opus_write_head (guint8 head[TUTTI_OPUS_HEAD_BYTES], guint channels)
{
    const guint32 rate = GUINT32_TO_LE (TUTTI_RATE_HZ);

    memset (head, 0, TUTTI_OPUS_HEAD_BYTES);
    memcpy (head, "OpusHead", 8);
    head[8] = 1; /* version */
    head[9] = (guint8)channels;
    head[10] = TUTTI_OPUS_PRE_SKIP_SAMPLES & 0xff;
    head[11] = TUTTI_OPUS_PRE_SKIP_SAMPLES >> 8;
    memcpy (head + 12, &rate, sizeof rate);
}

gint64
tutti_opus_get_duration_us (const guint8 *data, gsize length_bytes)
{
    guint code, count;
    gint64 duration_us;

    if (length_bytes == 0)
        return 0;
    code = data[0] & TOC_MASK_CODE;
    if (code == CODE_ANY_COUNT && length_bytes < 2)
        return 0;
    count = code == CODE_ONE_FRAME ? 1 : code == CODE_ANY_COUNT ? data[1] & MASK_COUNT : 2;
    duration_us = count * get_frame_us (data[0] >> TOC_CONFIG_SHIFT);
    return duration_us <= DURATION_MAX_US ? duration_us : 0;
}

const guint8 *
tutti_opus_get_silence (guint channels, gsize *length_bytes)
{
    /* CELT only, full band, 20 ms, one frame, whose first symbol is the silence flag (RFC 6716
     * section 4.3): any decoder plays zeros. */
    static const guint8 mono[] = {0xf8, 0xff, 0xfe}, stereo[] = {0xfc, 0xff, 0xfe};

    *length_bytes = sizeof mono;
    return channels == 1 ? mono : stereo;
}
