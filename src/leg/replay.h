/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * replay.h: which of a stream's numbers came before (RFC 3711 section 3.3.2), and how its 16-bit
 * numbers go on beyond 16 bits (section 3.3.1). A plain value; all zero is a stream of which
 * nothing came. Pure. Role: net.
 */
#pragma once

#include <glib.h>

/* At least 64. A retransmission comes a round trip and a NACK later: 1024 packets are 2 s of a 5
 * Mbit/s stream. A multiple of 64. */
#define TUTTI_REPLAY_WINDOW 1024

typedef struct {
    gboolean is_started;
    guint64 highest;
    guint64 seen[TUTTI_REPLAY_WINDOW / 64]; /* a ring of bits, by index */
} TuttiReplay;

/* The index nearest to the highest so far that has these 16 bits; never below 0. */
guint64 tutti_replay_extend (const TuttiReplay *replay, guint16 seq);
/* FALSE: it came before, or is too old to tell. */
gboolean tutti_replay_is_new (const TuttiReplay *replay, guint64 index);
/* It is authentic. What is too old is left out. */
void tutti_replay_add (TuttiReplay *replay, guint64 index);
