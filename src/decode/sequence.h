/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sequence.h: where a voice's packet stands in its stream: numbers and timestamps without their
 * wrap-around, duplicates, and the moments at which a sender begins anew. Pure. Role: audio.
 */
#pragma once

#include <tutti/packet.h>

typedef enum {
    TUTTI_SEQUENCE_NEW,
    TUTTI_SEQUENCE_DUPLICATE,
    TUTTI_SEQUENCE_RESTART, /* first packet of another stream or time line */
    TUTTI_SEQUENCE_STRAY,   /* odd number: to be dropped, unless the next goes on from it */
} TuttiSequenceVerdict;

typedef struct {
    gboolean has_stream;
    guint32 ssrc;
    gint64 seq, start, arrival_us; /* of the newest packet */
    guint64 seen;                  /* bit i: seq - i came */
    gint64 odd_seq;                /* the number that would confirm a restart, or -1 */
} TuttiSequence;

/* Whether the packet of this number (unwrapped) came, or is too old to be known. */
gboolean tutti_sequence_has (const TuttiSequence *sequence, gint64 seq);

/* seq, start: the packet's number and timestamp, unwrapped; set for NEW and RESTART. */
TuttiSequenceVerdict tutti_sequence_take (TuttiSequence *sequence, const TuttiPacket *packet,
                                          gint64 *seq, gint64 *start);
