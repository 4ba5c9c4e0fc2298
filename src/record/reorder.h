/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reorder.h: a received stream's packets kept back for a moment, so that late and repaired ones
 * find their place, once each. Pure. Role: file.
 */
#pragma once

#include <tutti/packet.h>

/* The most that a voice's jitter buffer waits, and more than a retransmission takes. */
#define TUTTI_REORDER_HOLD_US (500 * TUTTI_USEC_PER_MSEC)
/* Half a second of 20 Mbit/s twice over; of more the oldest is no longer kept back. */
#define TUTTI_REORDER_PACKETS_MAX 2048

typedef struct _TuttiReorder TuttiReorder;

TuttiReorder *tutti_reorder_new (void);
void tutti_reorder_free (TuttiReorder *reorder);

/* Its time_us is its arrival. Takes its own reference. */
void tutti_reorder_push (TuttiReorder *reorder, TuttiPacket *packet);
/* The next one that came TUTTI_REORDER_HOLD_US before now_us, or before what stands behind it did;
 * the caller's reference; NULL: none. is_next: it follows the one before, nothing is missing. */
TuttiPacket *tutti_reorder_pop (TuttiReorder *reorder, gint64 now_us, gboolean *is_next);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiReorder, tutti_reorder_free)
