/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * picture-head.c: see picture-head.h.
 */
#include "picture-head.h"

/* --- VP8 --- */

/* RFC 7741 section 4.2. */
#define BIT_X 0x80
#define BIT_S 0x10
#define MASK_PID 0x0f
#define BIT_I 0x80
#define BIT_L 0x40
#define BITS_TK 0x30
#define BIT_M 0x80

/* RFC 6386 section 9.1: the frame tag's lowest bit is 0, a start code, two sides of 14 bits. */
#define TAG_BYTES 3
#define KEY_HEAD_BYTES 10
#define SIDE_MASK 0x3fff

/* Where the frame begins; 0: not in here. */
static gsize
skip_descriptor (const guint8 *data, gsize bytes)
{
    gsize at = 1;
    guint8 bits;

    if (bytes < 2 || (data[0] & BIT_S) == 0 || (data[0] & MASK_PID) != 0)
        return 0;
    if ((data[0] & BIT_X) == 0)
        return at;
    bits = data[at++];
    if (bits & BIT_I)
        at += at < bytes && (data[at] & BIT_M) ? 2 : 1;
    at += bits & BIT_L ? 1 : 0;
    at += bits & BITS_TK ? 1 : 0;
    return at;
}

static gboolean
read_vp8 (const guint8 *data, gsize bytes, TuttiPictureHead *head)
{
    gsize at = skip_descriptor (data, bytes);
    const guint8 *frame = data + at;

    if (at == 0 || bytes < at + KEY_HEAD_BYTES || (frame[0] & 1) != 0 || frame[TAG_BYTES] != 0x9d ||
        frame[TAG_BYTES + 1] != 0x01 || frame[TAG_BYTES + 2] != 0x2a)
        return FALSE;
    head->width = (frame[6] | frame[7] << 8) & SIDE_MASK;
    head->height = (frame[8] | frame[9] << 8) & SIDE_MASK;
    return TRUE;
}

/* --- H.264 --- */

#define NAL_TYPE_MASK 0x1f
#define NAL_IDR 5
#define NAL_SPS 7
#define NAL_STAP_A 24 /* RFC 6184 section 5.7.1 */
#define NAL_FU_A 28   /* section 5.8 */
#define FU_START 0x80
#define PROFILE_HIGH 100
#define MACROBLOCK_PX 16
/* Exp-Golomb codes (H.264 section 9.1) of more leading zeros say nothing that we read. */
#define ZEROS_MAX 31
/* All that comes before the size and its cropping, with room. */
#define SPS_MAX_BYTES 64

typedef struct {
    guint8 data[SPS_MAX_BYTES];
    gsize bits, at;
    gboolean broken;
} Bits;

/* Without emulation prevention bytes (section 7.4.1). */
static void
start_bits (Bits *bits, const guint8 *data, gsize bytes)
{
    gsize n = 0;
    guint zeros = 0;

    *bits = (Bits){.at = 0};
    for (gsize i = 0; i < bytes && n < SPS_MAX_BYTES; i++) {
        if (zeros >= 2 && data[i] == 3) {
            zeros = 0;
            continue;
        }
        zeros = data[i] == 0 ? zeros + 1 : 0;
        bits->data[n++] = data[i];
    }
    bits->bits = n * 8;
}

static guint32
take_bits (Bits *bits, guint n)
{
    guint32 value = 0;

    bits->broken |= bits->at + n > bits->bits;
    for (; !bits->broken && n > 0; n--, bits->at++)
        value = value << 1 | (bits->data[bits->at / 8] >> (7 - bits->at % 8) & 1);
    return value;
}

static guint32
take_golomb (Bits *bits)
{
    guint zeros = 0;

    while (!bits->broken && zeros <= ZEROS_MAX && take_bits (bits, 1) == 0)
        zeros++;
    bits->broken |= zeros > ZEROS_MAX;
    return bits->broken ? 0 : ((guint32)1 << zeros) - 1 + take_bits (bits, zeros);
}

/* pic_order_cnt_type and what depends on it (section 7.3.2.1.1). */
static void
skip_order (Bits *bits)
{
    guint32 type = take_golomb (bits);

    if (type == 0)
        take_golomb (bits);
    /* Nobody's camera has cycles of picture orders. */
    bits->broken |= type == 1;
}

static int
measure (guint32 blocks, guint32 cropped)
{
    gint64 side = (gint64)blocks * MACROBLOCK_PX - (gint64)cropped * 2;

    return side > 0 && side <= G_MAXINT16 ? (int)side : 0;
}

/* Baseline to High without scaling matrices, 4:2:0, as cameras' encoders write it. */
static void
read_sps (const guint8 *data, gsize bytes, TuttiPictureHead *head)
{
    guint32 columns, rows, crop[4] = {0};
    guint profile;
    Bits bits;

    start_bits (&bits, data, bytes);
    profile = take_bits (&bits, 8);
    take_bits (&bits, 16); /* constraints, level */
    take_golomb (&bits);   /* id */
    if (profile >= PROFILE_HIGH) {
        bits.broken |= take_golomb (&bits) != 1; /* 4:2:0 */
        take_golomb (&bits);
        take_golomb (&bits);
        bits.broken |= take_bits (&bits, 2) > 1; /* scaling matrices */
    }
    take_golomb (&bits); /* frame_num */
    skip_order (&bits);
    take_golomb (&bits); /* reference frames */
    take_bits (&bits, 1);
    columns = take_golomb (&bits) + 1;
    rows = take_golomb (&bits) + 1;
    bits.broken |= take_bits (&bits, 1) == 0; /* fields */
    take_bits (&bits, 1);
    if (take_bits (&bits, 1))
        for (guint i = 0; i < G_N_ELEMENTS (crop); i++)
            crop[i] = take_golomb (&bits);
    if (bits.broken || columns > G_MAXINT16 || rows > G_MAXINT16)
        return;
    head->width = measure (columns, crop[0] + crop[1]);
    head->height = measure (rows, crop[2] + crop[3]);
}

/* Sizes of two bytes before each unit. */
static gboolean
read_aggregate (const guint8 *data, gsize bytes, TuttiPictureHead *head)
{
    for (gsize at = 1; at + 3 <= bytes;) {
        gsize unit_bytes = (gsize)data[at] << 8 | data[at + 1];
        guint type = data[at + 2] & NAL_TYPE_MASK;

        at += 2;
        if (unit_bytes == 0 || unit_bytes > bytes - at)
            return FALSE;
        if (type == NAL_SPS)
            read_sps (data + at + 1, unit_bytes - 1, head);
        if (type == NAL_SPS || type == NAL_IDR)
            return TRUE;
        at += unit_bytes;
    }
    return FALSE;
}

static gboolean
read_h264 (const guint8 *data, gsize bytes, TuttiPictureHead *head)
{
    guint type = bytes > 0 ? data[0] & NAL_TYPE_MASK : 0;

    if (type == NAL_STAP_A)
        return read_aggregate (data, bytes, head);
    if (type == NAL_FU_A)
        return bytes > 1 && (data[1] & FU_START) && (data[1] & NAL_TYPE_MASK) == NAL_IDR;
    if (type == NAL_SPS)
        read_sps (data + 1, bytes - 1, head);
    return type == NAL_SPS || type == NAL_IDR;
}

gboolean
tutti_picture_head_read (TuttiCodec codec, const guint8 *data, gsize bytes, TuttiPictureHead *head)
{
    *head = (TuttiPictureHead){0};
    switch (codec) {
    case TUTTI_CODEC_VP8:
        return read_vp8 (data, bytes, head);
    case TUTTI_CODEC_H264:
        return read_h264 (data, bytes, head);
    default:
        return FALSE;
    }
}
