/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pacer.h: when a leg's packets leave: no faster than the way to the peer carries them, sound
 * before all, then what is sent again, then pictures in order, and padding when nothing is left.
 * Pure; time is given. Role: net.
 *
 *   sound ---------------------------- count -------------------------> out, at once
 *   pictures -> push -> ring -+
 *   NACKed   -> push_again ---+-> pop, while there is budget -> count -> out
 *
 * Pictures that would wait longer than TUTTI_PACER_QUEUE_MAX_US are dropped, whole, up to a key
 * frame: delay is never without bound.
 */
#pragma once

#include <tutti/packet.h>

/* A key frame of a large canvas takes 500; packets are shared, so a place costs a pointer. A power
 * of two. */
#define TUTTI_PACER_PACKETS 1024
/* Peers ask for so many at once when a picture was lost; what doesn't fit is asked for again. A
 * power of two. */
#define TUTTI_PACER_AGAINS 128
/* Older pictures are worth less than fresh ones that come after them. */
#define TUTTI_PACER_QUEUE_MAX_US (500 * G_TIME_SPAN_MILLISECOND)
/* From here on a key frame is a better start than what waits before it. */
#define TUTTI_PACER_QUEUE_LONG_US (100 * G_TIME_SPAN_MILLISECOND)
/* Sent at each wake-up: as short as a link's own jitter, as long as keeps wake-ups few. */
#define TUTTI_PACER_BATCH_US (5 * G_TIME_SPAN_MILLISECOND)

#define TUTTI_PACER_LAYERS 3

typedef struct _TuttiPacer TuttiPacer;

TuttiPacer *tutti_pacer_new (void);
void tutti_pacer_free (TuttiPacer *pacer);

/* rate_bps 0: no limit. burst_us: so much of the rate may leave at once after a pause;
 * TUTTI_PACER_BATCH_US at least. */
void tutti_pacer_set_rate (TuttiPacer *pacer, guint rate_bps, gint64 burst_us, gint64 now_us);

/* Pictures of temporal layers above this one will be thrown away when they are popped: they don't
 * count for the queue's length. At first: none. */
void tutti_pacer_set_layer (TuttiPacer *pacer, guint layer);

/* A picture's packet; takes its own reference. FALSE: pictures were dropped, this one may be among
 * them; a key frame is wanted. */
gboolean tutti_pacer_push (TuttiPacer *pacer, TuttiPacket *packet, gint64 now_us);
/* As push() and pop() of a picture's packet when it is the only one that waits and may leave at
 * once. FALSE: push it. */
gboolean tutti_pacer_pass (TuttiPacer *pacer, const TuttiPacket *packet, gint64 now_us);
/* A packet that the peer asks for again, by number. */
void tutti_pacer_push_again (TuttiPacer *pacer, guint16 seq, gint64 now_us);
/* Nothing waits any more. */
void tutti_pacer_clear (TuttiPacer *pacer);

typedef struct {
    TuttiPacket *packet;    /* the caller's reference; NULL: seq is to be sent again */
    guint skipped_pictures; /* dropped before it */
    guint16 seq;
} TuttiPaced;

/* FALSE: nothing may leave now. */
gboolean tutti_pacer_pop (TuttiPacer *pacer, TuttiPaced *paced, gint64 now_us);
/* A packet leaves: a popped one, sound, padding. */
void tutti_pacer_count (TuttiPacer *pacer, gsize bytes, gint64 now_us);
/* Whether there is budget: for padding. */
gboolean tutti_pacer_is_open (TuttiPacer *pacer, gint64 now_us);

/* When to pop again; G_MAXINT64: nothing waits. */
gint64 tutti_pacer_get_due (const TuttiPacer *pacer, gint64 now_us);
/* When there is budget again. */
gint64 tutti_pacer_get_open (const TuttiPacer *pacer, gint64 now_us);
/* How long a picture that is pushed now waits. */
gint64 tutti_pacer_get_queue_us (const TuttiPacer *pacer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiPacer, tutti_pacer_free)
