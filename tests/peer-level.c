/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * peer-level.c: see peer-level.h. Pure.
 */
#include "peer-level.h"

#include <string.h>

#define HEADER_BYTES 12
#define EXTENDED 0x10 /* the X bit (RFC 3550 section 5.1) */

gsize
peer_add_level (guint8 *data, gsize length_bytes, guint8 level)
{
    const guint8 word[4] = {TUTTI_PEER_LEVEL_ID << 4, level, 0, 0};
    gsize at = HEADER_BYTES;

    if (data[0] & EXTENDED) {
        at += 4 + 4 * (gsize)(data[at + 2] << 8 | data[at + 3]);
        data[HEADER_BYTES + 3]++;
        memmove (data + at + 4, data + at, length_bytes - at);
    } else {
        const guint8 head[4] = {0xBE, 0xDE, 0, 1};

        memmove (data + at + 8, data + at, length_bytes - at);
        memcpy (data + at, head, sizeof head);
        data[0] |= EXTENDED;
        at += sizeof head;
        length_bytes += sizeof head;
    }
    memcpy (data + at, word, sizeof word);
    return length_bytes + sizeof word;
}
