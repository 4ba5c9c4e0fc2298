/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * track-pictures.c: see track-pictures.h. What a leg received has no flags of ours: where a picture
 * begins is in its payload, where it ends in the marker. Pure. Role: file.
 */
#include "track-pictures.h"

#include "key-frame.h"

struct _TuttiTrackPictures {
    TuttiCoded coded;
    gboolean is_open, is_damaged, needs_key;
    guint8 parts; /* of the open picture */
    TuttiCodec codec;
    guint32 ssrc, timestamp;
    gboolean has_picture_id; /* VP8: of the last picture that was complete */
    guint16 next_picture_id;
};

static gboolean
look (const TuttiPacket *packet, TuttiPayload *payload)
{
    if (packet->codec == TUTTI_CODEC_VP8)
        return tutti_vp8_look (packet->data, packet->length_bytes, payload);
    return packet->codec == TUTTI_CODEC_H264 &&
           tutti_h264_look (packet->data, packet->length_bytes, payload);
}

static gboolean
append (TuttiTrackPictures *pictures, const TuttiPacket *packet)
{
    return packet->codec == TUTTI_CODEC_VP8
               ? tutti_vp8_depay (&pictures->coded, packet->data, packet->length_bytes)
               : tutti_h264_depay (&pictures->coded, packet->data, packet->length_bytes);
}

static void
lose (TuttiTrackPictures *pictures)
{
    pictures->is_open = FALSE;
    pictures->needs_key = TRUE;
}

/* What is missing before it was no picture, but padding. */
static gboolean
is_next_picture (const TuttiTrackPictures *pictures, const TuttiPacket *packet,
                 const TuttiPayload *payload)
{
    return pictures->has_picture_id && packet->ssrc == pictures->ssrc &&
           payload->picture_id_bits > 0 && payload->picture_id == pictures->next_picture_id;
}

static void
begin (TuttiTrackPictures *pictures, const TuttiPacket *packet, const TuttiPayload *payload)
{
    tutti_coded_clear (&pictures->coded);
    pictures->is_open = TRUE;
    /* H.264 rarely says so; there a key frame without its beginning lacks the parameter sets */
    pictures->is_damaged =
        packet->codec == TUTTI_CODEC_VP8 && (payload->parts & TUTTI_PART_START) == 0;
    pictures->parts = 0;
    pictures->ssrc = packet->ssrc;
    pictures->codec = packet->codec;
    pictures->timestamp = packet->timestamp;
    pictures->has_picture_id = payload->picture_id_bits > 0;
    pictures->next_picture_id =
        (guint16)((payload->picture_id + 1) & ((1 << payload->picture_id_bits) - 1));
}

/* TRUE: it is to be kept. */
static gboolean
end (TuttiTrackPictures *pictures, TuttiUnit *unit)
{
    gboolean is_key = (pictures->parts & TUTTI_PART_KEY) != 0;

    pictures->is_open = FALSE;
    if (pictures->is_damaged || pictures->coded.is_open || pictures->coded.length == 0) {
        pictures->needs_key = TRUE;
        return FALSE;
    }
    if (pictures->needs_key && (pictures->parts & TUTTI_PART_KEY_FRAME) != TUTTI_PART_KEY_FRAME)
        return FALSE;
    pictures->needs_key = FALSE;
    *unit = (TuttiUnit){.codec = pictures->codec,
                        .is_key = is_key,
                        .data = pictures->coded.data,
                        .length_bytes = pictures->coded.length};
    if (is_key)
        tutti_key_frame_find_size (unit->codec, unit->data, unit->length_bytes, &unit->width,
                                   &unit->height);
    return TRUE;
}

TuttiTrackPictures *
tutti_track_pictures_new (void)
{
    TuttiTrackPictures *pictures = g_new0 (TuttiTrackPictures, 1);

    pictures->needs_key = TRUE;
    return pictures;
}

void
tutti_track_pictures_free (TuttiTrackPictures *pictures)
{
    if (!pictures)
        return;
    tutti_coded_free (&pictures->coded);
    g_free (pictures);
}

gboolean
tutti_track_pictures_push (TuttiTrackPictures *pictures, const TuttiPacket *packet,
                           gboolean is_next, TuttiUnit *unit)
{
    TuttiPayload payload = {0};
    gboolean is_new;

    if (packet->length_bytes == 0) { /* padding fills its number only */
        if (!is_next)
            lose (pictures);
        return FALSE;
    }
    if (!look (packet, &payload)) {
        lose (pictures);
        return FALSE;
    }
    is_new = !pictures->is_open || packet->timestamp != pictures->timestamp ||
             packet->ssrc != pictures->ssrc;
    if ((!is_next && !(is_new && is_next_picture (pictures, packet, &payload))) ||
        (is_new && pictures->is_open)) /* the end of the last one is missing */
        lose (pictures);
    if (!pictures->is_open)
        begin (pictures, packet, &payload);
    pictures->parts |= payload.parts;
    if (!append (pictures, packet))
        pictures->is_damaged = TRUE;
    return packet->flags & TUTTI_PACKET_MARKER && end (pictures, unit);
}

void
tutti_track_pictures_break (TuttiTrackPictures *pictures)
{
    lose (pictures);
}

gboolean
tutti_track_pictures_need_key_frame (const TuttiTrackPictures *pictures)
{
    return pictures->needs_key;
}
