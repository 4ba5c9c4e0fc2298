/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * impair.h: one direction of a bad network, as a model: packets go in, and come out later, in
 * another order, twice, or never. Pure: time is given and must not run backwards. impair-main.c
 * puts two of them between TUN devices; loop tests put them between sockets. Any one thread.
 *
 *   push -> loss, duplicate -> queue at the rate limit (drop-tail) -> delay and jitter -> pop
 */
#pragma once

#include <glib.h>

typedef struct _Impair Impair;

/* An Ethernet frame's payload and something to spare. */
#define IMPAIR_PACKET_MAX_BYTES 2048
/* What one direction holds at most: a second of 100 Mbit/s. Beyond, packets count as overflow. */
#define IMPAIR_HELD_MAX 10000

/* All zero: packets come out at once. */
typedef struct {
    gint64 delay_us;
    /* Each packet's delay differs by up to so much either way, evenly; never below no delay. */
    gint64 jitter_us;
    gboolean reorder; /* jitter lets packets overtake; else a late one holds up those behind it */
    double loss;      /* 0 to 1 of the packets */
    /* Mean length of a run of losses (Gilbert's model, all lost while it is bad); below 1: each
     * packet is lost by itself. */
    double burst;
    double duplicate; /* 0 to 1 */
    guint rate_bps;   /* 0: no limit; counts whole IP packets */
    /* A packet that would wait longer for its turn at the rate limit is dropped. */
    gint64 queue_us;
} ImpairSettings;

typedef struct {
    guint64 in, out, lost, overflow, duplicated, reordered; /* packets */
    guint64 bytes_in, bytes_out;
    gint64 queue_us;     /* what a packet coming now would wait at the rate limit */
    gint64 queue_max_us; /* the most since the last call */
} ImpairCounts;

/* The same seed gives the same fate to the same packets. */
Impair *impair_new (guint32 seed);
void impair_free (Impair *impair);

/* What waits at the rate limit goes on at the new rate. */
void impair_set (Impair *impair, const ImpairSettings *settings, gint64 now_us);
void impair_get (const Impair *impair, ImpairSettings *settings);

/* Copies the packet. Longer than IMPAIR_PACKET_MAX_BYTES: counted as overflow. */
void impair_push (Impair *impair, const guint8 *data, gsize length_bytes, gint64 now_us);
/* Copies the next packet that is due by now; gives its length, 0: none is. */
gsize impair_pop (Impair *impair, guint8 buffer[IMPAIR_PACKET_MAX_BYTES], gint64 now_us);
/* When the next packet is due, or one may begin its delay; G_MAXINT64: nothing is held. */
gint64 impair_next_us (const Impair *impair);

void impair_take_counts (Impair *impair, ImpairCounts *counts, gint64 now_us);

/* "delay=50 jitter=20 reorder=1 loss=5 burst=3 dup=1 rate=400 queue=500": milliseconds, per cent,
 * packets and kbit/s; what isn't named stays. FALSE: not understood, nothing changed. */
gboolean impair_parse (const char *text, ImpairSettings *settings);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Impair, impair_free)
