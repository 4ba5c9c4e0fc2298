/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sent-log.h: what was sent, by transport-wide sequence number, and what became of it: the memory
 * that feedback is held against. Pure. Role: net.
 */
#pragma once

#include <glib.h>

/* Packets remembered: more than two seconds at 10 Mbit/s, which is a round trip on the worst link
 * that a call is held on, and 64 KiB a leg. A power of two that divides the numbers' range. */
#define TUTTI_SENT_LOG_PACKETS 2048

typedef enum {
    TUTTI_SENT_UNTOLD,  /* no feedback about it (yet) */
    TUTTI_SENT_MISSING, /* told missing; it may still come */
    TUTTI_SENT_ARRIVED,
} TuttiSentFate;

typedef struct {
    guint64 number; /* extended; its low 16 bits are on the wire; 0: empty */
    gint64 sent_us;
    gint64 arrived_us; /* by the peer's clock */
    guint16 bytes;
    guint8 fate;
    guint probe; /* or 0 */
} TuttiSentPacket;

typedef struct _TuttiSentLog TuttiSentLog;

TuttiSentLog *tutti_sent_log_new (void);
void tutti_sent_log_free (TuttiSentLog *log);

guint16 tutti_sent_log_add (TuttiSentLog *log, gsize bytes, guint probe, gint64 now_us);
/* The latest packet with this number; NULL: not remembered. */
TuttiSentPacket *tutti_sent_log_find (TuttiSentLog *log, guint16 seq);
/* Once for each packet that arrived. */
void tutti_sent_log_note_arrival (TuttiSentLog *log, TuttiSentPacket *sent, gint64 arrived_us);

/* The next packet that is old enough to be lost if it hasn't arrived: that was sent before
 * sent_us. Each packet once, in order; those of no feedback too. NULL: none. */
const TuttiSentPacket *tutti_sent_log_settle (TuttiSentLog *log, gint64 before_us);

/* When the last one of those that arrived had been sent; 0: none. */
gint64 tutti_sent_log_get_newest_us (const TuttiSentLog *log);

/* What arrived a second, over the last window_us of arrivals; 0: not known. Packets without
 * feedback count as the others do. */
guint tutti_sent_log_get_rate (const TuttiSentLog *log, gint64 window_us);
/* What the link carries: how fast the latest packets arrived of those that had waited for others,
 * one behind the other: that took longer than delay_us (arrival less sending). 0: too few did. */
guint tutti_sent_log_get_busy_rate (const TuttiSentLog *log, gint64 delay_us);

/* Bytes on their way, for all that is known: sent after the last one that arrived. */
guint64 tutti_sent_log_get_flying_bytes (const TuttiSentLog *log);

/* Forgets arrivals: the numbers go on. */
void tutti_sent_log_reset (TuttiSentLog *log);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiSentLog, tutti_sent_log_free)
