/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dcep.c: see dcep.h.
 */
#include "dcep.h"

#include <string.h>

#include "bytes.h"

/* RFC 8832 section 5.1: type, channel type, priority, reliability, two lengths. */
#define MESSAGE_OPEN 0x03
#define HEADER_BYTES 12

/* Section 5.1: reliable, or partly so by retransmissions or by time; the highest bit: unordered. */
#define CHANNEL_UNORDERED 0x80
#define CHANNEL_TIMED 0x02

static gboolean
is_channel_type (guint8 type)
{
    return (type & ~CHANNEL_UNORDERED) <= CHANNEL_TIMED;
}

gboolean
tutti_dcep_read_open (const guint8 *data, gsize length_bytes, TuttiDcepOpen *open)
{
    guint16 label_bytes, protocol_bytes;

    if (length_bytes < HEADER_BYTES || data[0] != MESSAGE_OPEN || !is_channel_type (data[1]))
        return FALSE;
    label_bytes = tutti_get_u16 (data + 8);
    protocol_bytes = tutti_get_u16 (data + 10);
    if (length_bytes != (gsize)HEADER_BYTES + label_bytes + protocol_bytes)
        return FALSE;
    *open = (TuttiDcepOpen){
        .channel_type = data[1],
        .priority = tutti_get_u16 (data + 2),
        .reliability = tutti_get_u32 (data + 4),
        .label = data + HEADER_BYTES,
        .label_bytes = label_bytes,
    };
    return TRUE;
}

gboolean
tutti_dcep_has_label (const TuttiDcepOpen *open, const char *label)
{
    return open->label_bytes == strlen (label) &&
           memcmp (open->label, label, open->label_bytes) == 0;
}
