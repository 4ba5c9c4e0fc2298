/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * history.h: what one leg sent lately and may send again: references on the rendition's packets
 * with this leg's numbers. Pure. Role: net.
 */
#pragma once

#include <tutti/packet.h>

/* A second and a half of a 3 Mbit/s stream; peers ask within a second (TUTTI_NACK_PATIENCE_US). A
 * power of two. */
#define TUTTI_HISTORY_PACKETS 512

typedef struct {
    TuttiPacket *packet; /* the history's reference */
    guint16 seq;
    guint8 payload_type, rtx_payload_type; /* as they were negotiated then */
    guint8 tries;                          /* sent again */
    TuttiVp8Ids ids;                       /* with the leg's numbers */
    gboolean mid;                          /* the first time, its header had the mid */
    guint8 padding_bytes;                  /* behind an empty payload */
    guint16 transport_seq;                 /* the first time */
    gint64 first_us, sent_us;              /* first, and last */
} TuttiSent;

typedef struct _TuttiHistory TuttiHistory;

TuttiHistory *tutti_history_new (void);
void tutti_history_free (TuttiHistory *history);

/* Copies the values, takes its own reference on the packet; forgets the one 512 numbers before. */
void tutti_history_add (TuttiHistory *history, const TuttiSent *sent);
/* NULL: never sent or forgotten. Good until the next add(). */
TuttiSent *tutti_history_find (TuttiHistory *history, guint16 seq);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiHistory, tutti_history_free)
