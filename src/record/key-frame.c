/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * key-frame.c: the frame header of VP8 (RFC 6386 section 9.1), the parameter sets of H.264.
 */
#include "key-frame.h"

#include <libavcodec/avcodec.h>

/* RFC 6386 section 9.1: a frame tag of three bytes, whose lowest bit is clear on key frames, a
 * start code, then 14 bits of width and of height, each below two of scaling. */
#define VP8_HEADER_BYTES 10
#define VP8_BIT_INTER 0x01
#define VP8_SIZE_MASK 0x3fff

/* nal_unit_type: H.264 table 7-1. */
#define NAL_TYPE_MASK 0x1f
#define NAL_SPS 7
#define NAL_PPS 8
#define START_CODE_BYTES 3

static gboolean
find_vp8_size (const guint8 *data, gsize length_bytes, int *width, int *height)
{
    if (length_bytes < VP8_HEADER_BYTES || data[0] & VP8_BIT_INTER || data[3] != 0x9d ||
        data[4] != 0x01 || data[5] != 0x2a)
        return FALSE;
    *width = (data[6] | data[7] << 8) & VP8_SIZE_MASK;
    *height = (data[8] | data[9] << 8) & VP8_SIZE_MASK;
    return TRUE;
}

static gboolean
find_h264_size (const guint8 *data, gsize length_bytes, int *width, int *height)
{
    AVCodecParserContext *parser = av_parser_init (AV_CODEC_ID_H264);
    AVCodecContext *context = avcodec_alloc_context3 (NULL);
    gboolean is_found = FALSE;

    if (parser != NULL && context != NULL) {
        guint8 *out;
        int out_bytes;

        parser->flags |= PARSER_FLAG_COMPLETE_FRAMES;
        av_parser_parse2 (parser, context, &out, &out_bytes, data, (int)length_bytes,
                          AV_NOPTS_VALUE, AV_NOPTS_VALUE, 0);
        is_found = parser->width > 0 && parser->height > 0;
    }
    if (is_found) {
        *width = parser->width;
        *height = parser->height;
    }
    av_parser_close (parser);
    avcodec_free_context (&context);
    return is_found;
}

/* Where the next start code begins, from `at` on; length_bytes: there is none. */
static gsize
find_start_code (const guint8 *data, gsize length_bytes, gsize at)
{
    for (; at + START_CODE_BYTES < length_bytes; at++)
        if (data[at] == 0 && data[at + 1] == 0 && data[at + 2] == 1)
            return at;
    return length_bytes;
}

/* Zeros before the next start code belong to no unit (H.264 annex B, trailing_zero_8bits). */
static gsize
trim_zeros (const guint8 *data, gsize from, gsize to)
{
    while (to > from + START_CODE_BYTES + 1 && data[to - 1] == 0)
        to--;
    return to - from;
}

gboolean
tutti_key_frame_find_size (TuttiCodec codec, const guint8 *data, gsize length_bytes, int *width,
                           int *height)
{
    switch (codec) {
    case TUTTI_CODEC_VP8:
        return find_vp8_size (data, length_bytes, width, height);
    case TUTTI_CODEC_H264:
        return find_h264_size (data, length_bytes, width, height);
    default:
        return FALSE;
    }
}

GBytes *
tutti_key_frame_copy_parameters (const guint8 *data, gsize length_bytes)
{
    g_autoptr (GByteArray) sets = g_byte_array_new ();
    guint seen = 0;

    for (gsize at = find_start_code (data, length_bytes, 0), next; at < length_bytes; at = next) {
        guint type = data[at + START_CODE_BYTES] & NAL_TYPE_MASK;

        next = find_start_code (data, length_bytes, at + START_CODE_BYTES);
        if (type != NAL_SPS && type != NAL_PPS)
            continue;
        seen |= 1u << type;
        g_byte_array_append (sets, data + at, (guint)trim_zeros (data, at, next));
    }
    if (seen != (1u << NAL_SPS | 1u << NAL_PPS))
        return NULL;
    return g_byte_array_free_to_bytes (g_steal_pointer (&sets));
}
