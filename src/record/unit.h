/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * unit.h: one whole coded sound or picture on its way into a container, and how it is put together
 * from packets. Role: file.
 */
#pragma once

#include <tutti/packet.h>
#include <tutti/payload.h>

typedef struct {
    TuttiCodec codec;
    gboolean is_key;    /* sound always is */
    gint64 time_us;     /* our clock: when its sound begins, or it is to be shown */
    int width, height;  /* of a key frame; 0: not known */
    const guint8 *data; /* H.264: with start codes (annex B); followed by padding */
    gsize length_bytes;
} TuttiUnit;

typedef struct _TuttiUnits TuttiUnits;

/* Of one stream's packets in order: what a rendition or an Opus encoder sends. */
TuttiUnits *tutti_units_new (void);
void tutti_units_free (TuttiUnits *units);

/* Takes the next packet (borrowed). TRUE: *unit is complete; good until the next call. A picture
 * whose beginning is missing is passed over, and so is all that can't be decoded without it, up to
 * the next key frame; lost() counts them. */
gboolean tutti_units_push (TuttiUnits *units, const TuttiPacket *packet, TuttiUnit *unit);
/* Packets were lost: the next one does not follow the last. */
void tutti_units_break (TuttiUnits *units);
/* As if new: what is passed over up to the next key frame is no loss. */
void tutti_units_restart (TuttiUnits *units);
guint64 tutti_units_get_lost (const TuttiUnits *units);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiUnits, tutti_units_free)
