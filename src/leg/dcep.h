/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dcep.h: the messages that open a data channel (RFC 8832): pure. Any thread.
 */
#pragma once

#include <glib.h>

/* RFC 8832 section 8.1: of DCEP's own messages. */
#define TUTTI_DCEP_PPID 50

/* Section 5.2: the whole message. */
#define TUTTI_DCEP_ACK 0x02

/* DATA_CHANNEL_OPEN. The label points into the message and ends where it says. */
typedef struct {
    guint8 channel_type;
    guint16 priority;
    guint32 reliability;
    const guint8 *label;
    guint16 label_bytes;
} TuttiDcepOpen;

/* FALSE: it is no DATA_CHANNEL_OPEN, or a broken one. */
gboolean tutti_dcep_read_open (const guint8 *data, gsize length_bytes, TuttiDcepOpen *open);
gboolean tutti_dcep_has_label (const TuttiDcepOpen *open, const char *label);
