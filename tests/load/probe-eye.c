/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * probe-eye.c: see probe-eye.h. Packets come in order on loopback; when one doesn't, all is dropped
 * until the next key frame. Between pictures the server may pad, so there the pictures' ids count,
 * not the packets' numbers.
 */
#include "probe-eye.h"

#include <tutti/frame.h>

#include "decode/decode.h"

/* Between the middles of the clips' dark and bright pictures, 45 and 200. */
#define BRIGHT 120
/* Every so many pixels of the tile's middle half are looked at. */
#define STEP_PX 4
#define PICTURE_ID_MASK 0x7FFF

struct _Eye {
    const TuttiDecoderClass *klass;
    TuttiDecoder *decoder;
    TuttiCoded coded;
    TuttiRect tile;
    int width, height;
    guint16 seq, picture_id;
    guint32 timestamp;
    gint64 first_us;
    gboolean is_open, is_broken, is_bright, wants_key_frame;
};

/* Of the tile's middle, on a picture that may be smaller than the canvas. */
static gboolean
is_bright (Eye *eye, const TuttiPicture *picture)
{
    double scale = (double)picture->width / eye->width;
    int left = (int)((eye->tile.x + eye->tile.width / 4) * scale);
    int top = (int)((eye->tile.y + eye->tile.height / 4) * scale);
    int right = MIN ((int)(left + eye->tile.width / 2 * scale), picture->width);
    int bottom = MIN ((int)(top + eye->tile.height / 2 * scale), picture->height);
    gint64 sum = 0, n = 0;

    for (int y = top; y < bottom; y += STEP_PX) {
        for (int x = left; x < right; x += STEP_PX, n++)
            sum += picture->plane[0][y * picture->stride[0] + x];
    }
    return n > 0 && sum / n > BRIGHT;
}

static gboolean
is_next (Eye *eye, const TuttiPacket *packet, const TuttiPayload *payload)
{
    if (eye->is_open && packet->timestamp == eye->timestamp)
        return packet->seq == (guint16)(eye->seq + 1);
    return !eye->is_open && (payload->parts & TUTTI_PART_START) &&
           payload->picture_id == ((eye->picture_id + 1) & PICTURE_ID_MASK);
}

static void
begin (Eye *eye, const TuttiPacket *packet)
{
    eye->coded.length = 0;
    eye->timestamp = packet->timestamp;
    eye->first_us = packet->time_us;
    eye->is_open = TRUE;
}

static void
lose (Eye *eye)
{
    eye->is_broken = eye->wants_key_frame = TRUE;
    eye->is_open = FALSE;
}

/* TRUE: the picture is complete. */
static gboolean
collect (Eye *eye, const TuttiPacket *packet)
{
    TuttiPayload payload = {0};
    gboolean follows;

    if (!eye->klass->look (packet->data, packet->length_bytes, &payload))
        return FALSE;
    follows = is_next (eye, packet, &payload);
    eye->seq = packet->seq;
    eye->picture_id = payload.picture_id;
    if ((payload.parts & TUTTI_PART_KEY_FRAME) == TUTTI_PART_KEY_FRAME &&
        (payload.parts & TUTTI_PART_START))
        eye->is_broken = FALSE;
    else if (!follows || eye->is_broken)
        lose (eye);
    if (eye->is_broken)
        return FALSE;
    if (!eye->is_open || packet->timestamp != eye->timestamp)
        begin (eye, packet);
    if (!eye->klass->depay (&eye->coded, packet->data, packet->length_bytes))
        lose (eye);
    return !eye->is_broken && (packet->flags & TUTTI_PACKET_MARKER);
}

Eye *
eye_new (void)
{
    Eye *eye = g_new0 (Eye, 1);

    eye->klass = tutti_decoder_class (TUTTI_CODEC_VP8);
    eye->decoder = tutti_decoder_new (eye->klass);
    eye->is_broken = TRUE;
    return eye;
}

void
eye_free (Eye *eye)
{
    tutti_decoder_free (eye->decoder);
    tutti_coded_free (&eye->coded);
    g_free (eye);
}

void
eye_set_tile (Eye *eye, const TuttiRect *tile, int width, int height)
{
    eye->tile = *tile;
    eye->width = width;
    eye->height = height;
}

gboolean
eye_push (Eye *eye, const TuttiPacket *packet, EyeSight *sight)
{
    g_autoptr (TuttiPicture) picture = NULL;
    gint64 start_us = g_get_monotonic_time ();
    gboolean bright;

    if (packet->codec != TUTTI_CODEC_VP8 || !collect (eye, packet))
        return FALSE;
    eye->is_open = FALSE;
    if (tutti_decoder_push (eye->decoder, &eye->coded, &picture) != TUTTI_DECODE_OK) {
        lose (eye);
        return FALSE;
    }
    if (!picture || eye->width == 0)
        return FALSE;
    bright = is_bright (eye, picture);
    if (bright == eye->is_bright)
        return FALSE;
    eye->is_bright = bright;
    *sight = (EyeSight){.is_bright = bright,
                        .first_us = eye->first_us,
                        .decoded_us = packet->time_us + g_get_monotonic_time () - start_us};
    return TRUE;
}

gboolean
eye_take_key_frame_wish (Eye *eye)
{
    gboolean wants = eye->wants_key_frame;

    eye->wants_key_frame = FALSE;
    return wants;
}
