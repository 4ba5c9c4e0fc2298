/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * twcc-read.h: a peer's transport-wide feedback message
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1), one packet's status after the
 * other. Pure. Role: net.
 */
#pragma once

#include "rtcp.h"

/* The unit of arrival times, and of the reference time. */
#define TUTTI_TWCC_TICK_US 250
#define TUTTI_TWCC_REFERENCE_US 64000

typedef struct {
    guint16 seq;
    gboolean arrived;
    gint64 ticks; /* after the reference time; of what arrived */
} TuttiTwccStatus;

typedef struct {
    guint32 reference;  /* 24 bits that wrap, in units of TUTTI_TWCC_REFERENCE_US */
    guint8 count;       /* of messages; wraps */
    gboolean malformed; /* reading ended because the rest made no sense */

    /* Private. */
    guint16 seq;
    guint n_left;
    const guint8 *chunk, *delta, *end; /* deltas follow the chunks */
    const guint8 *chunks_end;
    guint n_symbols; /* of this chunk, yet to be read */
    guint16 symbols; /* the next one is on top */
    guint symbol_bits;
    gint64 ticks;
} TuttiTwccReader;

/* FALSE: not such a message, or shorter than it says. The feedback's bytes must outlive the reader.
 */
gboolean tutti_twcc_reader_start (TuttiTwccReader *reader, const TuttiRtcpFeedback *feedback);
/* FALSE at the end. At most 65,535 times TRUE. */
gboolean tutti_twcc_reader_next (TuttiTwccReader *reader, TuttiTwccStatus *status);
