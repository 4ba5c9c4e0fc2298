/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reception.h: the book-keeping of one SSRC that we receive: sequence numbers extended and checked
 * (RFC 3550 appendix A.1), duplicates, losses (A.3), jitter (A.8), the report block (6.4.1). Pure.
 * Role: net.
 */
#pragma once

#include "rtcp.h"

/* How far back a packet may come and still be told from a duplicate: 3 s of a 2.5 Mbit/s stream,
 * longer than any retransmission is waited for. A power of two that divides 65536. */
#define TUTTI_RECEPTION_WINDOW 1024

typedef struct _TuttiReception TuttiReception;

typedef enum {
    TUTTI_ARRIVAL_NEW,       /* in order, after a gap, or late but missed */
    TUTTI_ARRIVAL_RESTARTED, /* the numbers jumped, twice in a row: a new beginning */
    TUTTI_ARRIVAL_DUPLICATE, /* seen before, or older than the window */
    TUTTI_ARRIVAL_STRANGE,   /* the numbers jumped, once: not to be believed yet */
} TuttiArrival;

TuttiReception *tutti_reception_new (guint rate_hz);
void tutti_reception_free (TuttiReception *reception);

/* Takes note of a packet. ext_seq (may be NULL): its number counted on over wraps, set for NEW and
 * RESTARTED. */
TuttiArrival tutti_reception_take (TuttiReception *reception, guint16 seq, guint64 *ext_seq);
/* As take(), for a packet that was repaired by RTX: it never restarts nor leads, and the reports
 * count it as lost on the wire, as it was (RFC 4588 section 5.2 leaves it out of the original's
 * statistics). */
TuttiArrival tutti_reception_take_repaired (TuttiReception *reception, guint16 seq,
                                            guint64 *ext_seq);
/* Jitter, for packets that came on their own in order of sending. */
void tutti_reception_take_time (TuttiReception *reception, guint32 timestamp, gint64 now_us);
/* The peer's sender report. */
void tutti_reception_take_sr (TuttiReception *reception, guint64 ntp, gint64 now_us);

/* The highest extended number; 0 before the first packet. */
guint64 tutti_reception_highest (const TuttiReception *reception);
/* Packets that neither came nor were repaired. */
guint64 tutti_reception_lost (const TuttiReception *reception);
guint tutti_reception_jitter_us (const TuttiReception *reception);

/* Fills all but the SSRC (0), and starts the next interval of fraction_lost. FALSE before the first
 * packet. */
gboolean tutti_reception_report (TuttiReception *reception, gint64 now_us, TuttiRtcpBlock *block);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiReception, tutti_reception_free)
