/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * payload-vp8.c: the VP8 payload descriptor (RFC 7741 section 4.2) and the first byte of the
 * payload header (4.3). Role: video.
 *
 *      0 1 2 3 4 5 6 7
 *     |X|R|N|S|R| PID |   S: a partition begins; PID: which
 *  X: |I|L|T|K| RSV   |
 *  I: |M| PictureID   |   M: 15 bits, one byte more
 *  L: |   TL0PICIDX   |
 * T/K:|TID|Y| KEYIDX  |
 */
#include <tutti/payload.h>

#define BIT_X 0x80
#define BIT_S 0x10
#define MASK_PID 0x07
#define BIT_I 0x80
#define BIT_L 0x40
#define BIT_T 0x20
#define BIT_K 0x10
#define BIT_M 0x80
#define BIT_Y 0x20
/* Payload header: clear on key frames. */
#define BIT_P 0x01

/* The optional fields after the X byte. Length of the whole descriptor; 0: cut short. */
static gsize
read_extension (const guint8 *data, gsize length, TuttiPayload *payload)
{
    guint8 has = data[1];
    gsize at = 2;

    if (has & BIT_I) {
        if (at >= length)
            return 0;
        payload->picture_id = data[at] & 0x7f;
        payload->picture_id_bits = 7;
        if (data[at++] & BIT_M) {
            if (at >= length)
                return 0;
            payload->picture_id = (guint16)(payload->picture_id << 8 | data[at++]);
            payload->picture_id_bits = 15;
        }
    }
    if (has & BIT_L && at < length)
        payload->base_layer_index = data[at];
    at += has & BIT_L ? 1 : 0;
    if (has & (BIT_T | BIT_K)) {
        if (at >= length)
            return 0;
        if (has & BIT_L && has & BIT_T) {
            payload->parts |= TUTTI_PART_LAYERS | (data[at] & BIT_Y ? TUTTI_PART_SYNC : 0);
            payload->temporal_id = data[at] >> 6;
        }
        at++;
    }
    return at;
}

/* Length of the descriptor; 0: no VP8 payload. */
static gsize
read_descriptor (const guint8 *data, gsize length, TuttiPayload *payload)
{
    gsize at = 1;

    *payload = (TuttiPayload){0};
    if (length < 2)
        return 0;
    if (data[0] & BIT_X)
        at = read_extension (data, length, payload);
    if (at == 0 || at >= length)
        return 0;
    if (data[0] & BIT_S && (data[0] & MASK_PID) == 0)
        payload->parts |= TUTTI_PART_START | (data[at] & BIT_P ? 0 : TUTTI_PART_KEY_FRAME);
    return at;
}

gboolean
tutti_vp8_look (const guint8 *data, gsize length, TuttiPayload *payload)
{
    return read_descriptor (data, length, payload) > 0;
}

gboolean
tutti_vp8_depay (TuttiCoded *coded, const guint8 *data, gsize length)
{
    TuttiPayload payload;
    gsize at = read_descriptor (data, length, &payload);

    return at > 0 && tutti_coded_append (coded, data + at, length - at);
}
