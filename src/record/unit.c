/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * unit.c: packets -> whole pictures and sounds. Role: file.
 *
 *   IDLE --first packet--> TAKING --last packet--> a unit
 *     \--beginning missing, or nothing to build upon--> PASSING --last packet--> counted
 */
#include "unit.h"

#include "key-frame.h"

#define PICTURE_ID_MASK 0x7fff /* RFC 7741 section 4.2: 15 bits */

typedef enum {
    IDLE,
    TAKING,
    PASSING,
} State;

struct _TuttiUnits {
    TuttiCoded coded;
    State state;
    gboolean needs_key; /* nothing that was given out can be built upon */
    gboolean counts; /* what is passed over is a loss: it does not wait for the first key frame */
    guint64 lost;
    guint32 source;     /* of the last picture */
    guint16 picture_id; /* VP8, likewise */
};

static void
lose_picture (TuttiUnits *self)
{
    self->needs_key = TRUE;
    if (self->counts)
        self->lost++;
}

/* TRUE: the picture that begins here builds upon what was given out, or on nothing. */
static gboolean
is_continued (const TuttiUnits *self, const TuttiPacket *first)
{
    if (first->flags & TUTTI_PACKET_KEY_FRAME)
        return TRUE;
    if (self->needs_key || first->source != self->source)
        return FALSE;
    return first->codec != TUTTI_CODEC_VP8 ||
           first->vp8.picture_id == ((self->picture_id + 1) & PICTURE_ID_MASK);
}

static void
begin_picture (TuttiUnits *self, const TuttiPacket *first)
{
    if (self->state != IDLE) /* the last one never ended */
        lose_picture (self);
    tutti_coded_clear (&self->coded);
    self->state = is_continued (self, first) ? TAKING : PASSING;
    self->source = first->source;
    self->picture_id = first->vp8.picture_id;
}

static gboolean
append (TuttiUnits *self, const TuttiPacket *packet)
{
    return packet->codec == TUTTI_CODEC_VP8
               ? tutti_vp8_depay (&self->coded, packet->data, packet->length_bytes)
               : tutti_h264_depay (&self->coded, packet->data, packet->length_bytes);
}

static gboolean
end_picture (TuttiUnits *self, const TuttiPacket *last, TuttiUnit *unit)
{
    gboolean is_whole = self->state == TAKING && !self->coded.is_open;

    self->state = IDLE;
    if (!is_whole) {
        lose_picture (self);
        return FALSE;
    }
    self->needs_key = FALSE;
    self->counts = TRUE;
    *unit = (TuttiUnit){.codec = last->codec,
                        .is_key = (last->flags & TUTTI_PACKET_KEY_FRAME) != 0,
                        .time_us = last->time_us,
                        .data = self->coded.data,
                        .length_bytes = self->coded.length};
    if (unit->is_key)
        tutti_key_frame_find_size (unit->codec, unit->data, unit->length_bytes, &unit->width,
                                   &unit->height);
    return TRUE;
}

static gboolean
push_picture (TuttiUnits *self, const TuttiPacket *packet, TuttiUnit *unit)
{
    if (packet->flags & TUTTI_PACKET_FRAME_START)
        begin_picture (self, packet);
    else if (self->state == IDLE)
        self->state = PASSING;
    if (self->state == TAKING && !append (self, packet))
        self->state = PASSING;
    return packet->flags & TUTTI_PACKET_MARKER && end_picture (self, packet, unit);
}

TuttiUnits *
tutti_units_new (void)
{
    TuttiUnits *self = g_new0 (TuttiUnits, 1);

    self->needs_key = TRUE;
    return self;
}

void
tutti_units_free (TuttiUnits *self)
{
    if (self == NULL)
        return;
    tutti_coded_free (&self->coded);
    g_free (self);
}

gboolean
tutti_units_push (TuttiUnits *self, const TuttiPacket *packet, TuttiUnit *unit)
{
    if (packet->codec != TUTTI_CODEC_OPUS)
        return push_picture (self, packet, unit);
    if (packet->length_bytes == 0)
        return FALSE;
    *unit = (TuttiUnit){.codec = TUTTI_CODEC_OPUS,
                        .is_key = TRUE,
                        .time_us = packet->time_us,
                        .data = packet->data,
                        .length_bytes = packet->length_bytes};
    return TRUE;
}

void
tutti_units_break (TuttiUnits *self)
{
    if (self->state == TAKING)
        self->state = PASSING;
    self->needs_key = TRUE;
}

void
tutti_units_restart (TuttiUnits *self)
{
    self->state = IDLE;
    self->needs_key = TRUE;
    self->counts = FALSE;
}

guint64
tutti_units_get_lost (const TuttiUnits *self)
{
    return self->lost;
}
