/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pairs.h: the shared mix for those who only listen in a large room, two rounds in a packet: what a
 * packet costs, their links and ours, is mostly its being one, and 20 ms later nobody notices who
 * doesn't talk.
 *
 *   round's packet -> held -> next round's: joined -> all who are paired
 *                                \-> don't go together: the held one alone, a round late
 *
 * Even rounds begin a pair, or odd ones: with one of each kind, half of them are served each round.
 *
 * Nobody loses a round or gets one twice when it begins or ends to be paired. Role: audio; new and
 * free: main.
 */
#pragma once

#include <tutti/packet.h>

/* What one may get in a round. */
#define TUTTI_PAIRS_MAX 2

typedef struct _TuttiPairs TuttiPairs;

TuttiPairs *tutti_pairs_new (gboolean odd);
void tutti_pairs_free (TuttiPairs *pairs);

/* The packet of the shared mix, once each round; NULL: none. now_us: when the round is due. */
void tutti_pairs_push (TuttiPairs *pairs, TuttiPacket *packet, gint64 now_us);
/* What one gets this round, borrowed until the next push: gives how many. is_paired: its state,
 * kept from round to round, FALSE at first. wanted: it is to be paired from now on. single: what it
 * gets if it isn't; NULL: nothing. */
guint tutti_pairs_get (TuttiPairs *pairs, gboolean *is_paired, gboolean wanted, TuttiPacket *single,
                       TuttiPacket *packets[TUTTI_PAIRS_MAX]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiPairs, tutti_pairs_free)
