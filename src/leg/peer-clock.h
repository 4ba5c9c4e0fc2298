/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * peer-clock.h: when packets arrived, by the peer's clock, whose 24 bits of 64 ms wrap; and how
 * unevenly they come without any queue. Pure. Role: net.
 */
#pragma once

#include "sent-log.h"

/* Open, because it is small and has one owner. Zeroed before use. */
typedef struct {
    gboolean known; /* a message came */
    guint32 reference;
    gint64 base_us; /* the same on a scale that doesn't wrap */

    gboolean begun; /* a packet came */
    gint64 delay_us;
    gint64 latest_us;
    gint64 bunch_us; /* when the first was sent of those that came together */
    gint64 noise_us, noise_before_us;
    gint64 turn_us; /* when noise_us began */
} TuttiPeerClock;

/* A feedback message's reference time. */
void tutti_peer_clock_open (TuttiPeerClock *clock, guint32 reference);
gint64 tutti_peer_clock_get_us (const TuttiPeerClock *clock, gint64 ticks);
/* A packet arrived then. FALSE: that is another clock than before; all is forgotten. */
gboolean tutti_peer_clock_take (TuttiPeerClock *clock, const TuttiSentPacket *sent,
                                gint64 arrived_us);
/* By how much packets are late of late, for all that no queue explains: overtaken, or held up and
 * let go together. */
gint64 tutti_peer_clock_get_noise_us (const TuttiPeerClock *clock);
