/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vp8-ids.c: see vp8-ids.h. Within a source a constant is added to each number; a change of source
 * chooses the constants anew, so that the count goes on by one.
 */
#include "vp8-ids.h"

#include "bytes.h"

#define PICTURE_ID_MASK 0x7FFF
#define PICTURE_ID_LONG 0x8000 /* the M bit: 15 bits follow, not 7 */

static void
change_source (TuttiVp8Numbers *numbers, const TuttiPacket *packet)
{
    if (numbers->started) {
        numbers->picture_add = numbers->picture_last + 1 - packet->vp8.picture_id;
        numbers->tl0_add = numbers->tl0_last + 1 - packet->vp8.tl0_pic_idx;
    }
    numbers->started = TRUE;
    numbers->source = packet->source;
}

TuttiVp8Ids
tutti_vp8_renumber (TuttiVp8Numbers *numbers, const TuttiPacket *packet)
{
    TuttiVp8Ids ids = packet->vp8;

    if (!numbers->started || packet->source != numbers->source)
        change_source (numbers, packet);
    ids.picture_id = (ids.picture_id + numbers->picture_add) & PICTURE_ID_MASK;
    ids.tl0_pic_idx += numbers->tl0_add;
    numbers->picture_last = ids.picture_id;
    numbers->tl0_last = ids.tl0_pic_idx;
    return ids;
}

void
tutti_vp8_skip (TuttiVp8Numbers *numbers, guint n_pictures)
{
    numbers->picture_add -= (guint16)n_pictures;
}

void
tutti_vp8_write_ids (const TuttiVp8Ids *ids, guint8 *payload, gsize payload_bytes)
{
    if (ids->picture_id_offset > 0 && (gsize)ids->picture_id_offset + 2 <= payload_bytes)
        tutti_put_u16 (payload + ids->picture_id_offset, PICTURE_ID_LONG | ids->picture_id);
    if (ids->tl0_pic_idx_offset > 0 && ids->tl0_pic_idx_offset < payload_bytes)
        payload[ids->tl0_pic_idx_offset] = ids->tl0_pic_idx;
}
