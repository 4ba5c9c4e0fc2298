/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vp8-ids.h: the running numbers in VP8's payload descriptor (RFC 7741 section 4.2) as one leg's
 * peer sees them: without a jump when the packets come from another encoder. Pure. Role: net.
 */
#pragma once

#include <tutti/packet.h>

/* Plain value; zeroed at the start. */
typedef struct {
    gboolean started;
    guint32 source;
    guint16 picture_add, picture_last; /* 15 bits */
    guint8 tl0_add, tl0_last;
} TuttiVp8Numbers;

/* The packet's ids with their numbers replaced by the leg's. Packets come in order of sending. */
TuttiVp8Ids tutti_vp8_renumber (TuttiVp8Numbers *numbers, const TuttiPacket *packet);

/* So many pictures of the present source are left out on purpose: the count goes on without them.
 */
void tutti_vp8_skip (TuttiVp8Numbers *numbers, guint n_pictures);

/* Writes the numbers over those in a copy of the payload. */
void tutti_vp8_write_ids (const TuttiVp8Ids *ids, guint8 *payload, gsize payload_bytes);
