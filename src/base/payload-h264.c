/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * payload-h264.c: NAL units from single packets (RFC 6184 section 5.6), aggregates (5.7.1, STAP-A)
 * and fragments (5.8, FU-A). Role: video.
 */
#include <tutti/payload.h>

/* NAL unit header (H.264 section 7.3.1): forbidden_zero_bit, nal_ref_idc, nal_unit_type. */
#define BIT_FORBIDDEN 0x80
#define MASK_TYPE 0x1f
/* nal_unit_type: H.264 table 7-1, RFC 6184 table 1. */
#define TYPE_IDR 5
#define TYPE_SPS 7
#define TYPE_DELIMITER 9
#define TYPE_SINGLE_MAX 23
#define TYPE_STAP_A 24
#define TYPE_FU_A 28
/* FU header (RFC 6184 section 5.8). */
#define FU_START 0x80
#define FU_END 0x40

static const guint8 start_code[] = {0, 0, 0, 1};

static guint8
parts_of (guint type)
{
    switch (type) {
    case TYPE_SPS:
        return TUTTI_PART_START | TUTTI_PART_CONFIG;
    case TYPE_DELIMITER:
        return TUTTI_PART_START;
    case TYPE_IDR:
        return TUTTI_PART_KEY;
    default:
        return 0;
    }
}

/* The unit at *at in an aggregate, and on to the next. FALSE: the sizes lie. */
static gboolean
next_unit (const guint8 *data, gsize length, gsize *at, gsize *size)
{
    if (length - *at < 2)
        return FALSE;
    *size = (gsize)data[*at] << 8 | data[*at + 1];
    *at += 2;
    return *size > 0 && *size <= length - *at;
}

static gboolean
look_at_aggregate (const guint8 *data, gsize length, TuttiPayload *payload)
{
    gsize at = 1, size;

    do {
        if (!next_unit (data, length, &at, &size))
            return FALSE;
        payload->parts |= parts_of (data[at] & MASK_TYPE);
        at += size;
    } while (at < length);
    return TRUE;
}

static gboolean
append_unit (TuttiCoded *coded, const guint8 *data, gsize length)
{
    return !coded->is_open && tutti_coded_append (coded, start_code, sizeof start_code) &&
           tutti_coded_append (coded, data, length);
}

static gboolean
append_aggregate (TuttiCoded *coded, const guint8 *data, gsize length)
{
    gsize at = 1, size;

    do {
        if (!next_unit (data, length, &at, &size) || !append_unit (coded, data + at, size))
            return FALSE;
        at += size;
    } while (at < length);
    return TRUE;
}

static gboolean
append_fragment (TuttiCoded *coded, const guint8 *data, gsize length)
{
    gboolean is_start = (data[1] & FU_START) != 0;
    guint8 header = (guint8)((data[0] & ~MASK_TYPE) | (data[1] & MASK_TYPE));

    if (is_start == coded->is_open)
        return FALSE;
    if (is_start && !append_unit (coded, &header, 1))
        return FALSE;
    coded->is_open = !(data[1] & FU_END);
    return tutti_coded_append (coded, data + 2, length - 2);
}

gboolean
tutti_h264_look (const guint8 *data, gsize length, TuttiPayload *payload)
{
    guint type;

    *payload = (TuttiPayload){0};
    if (length < 2 || data[0] & BIT_FORBIDDEN)
        return FALSE;
    type = data[0] & MASK_TYPE;
    if (type == TYPE_STAP_A)
        return look_at_aggregate (data, length, payload);
    if (type == TYPE_FU_A) {
        if (length < 3)
            return FALSE;
        payload->parts = parts_of (data[1] & MASK_TYPE);
        if (!(data[1] & FU_START))
            payload->parts &= ~TUTTI_PART_START;
        return TRUE;
    }
    payload->parts = parts_of (type);
    return type > 0 && type <= TYPE_SINGLE_MAX;
}

gboolean
tutti_h264_depay (TuttiCoded *coded, const guint8 *data, gsize length)
{
    TuttiPayload payload;

    if (!tutti_h264_look (data, length, &payload))
        return FALSE;
    switch (data[0] & MASK_TYPE) {
    case TYPE_STAP_A:
        return append_aggregate (coded, data, length);
    case TYPE_FU_A:
        return append_fragment (coded, data, length);
    default:
        return append_unit (coded, data, length);
    }
}
