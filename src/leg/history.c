/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * history.c: see history.h. A ring, indexed by the low bits of the sequence number.
 */
#include "history.h"

struct _TuttiHistory {
    TuttiSent sent[TUTTI_HISTORY_PACKETS];
};

TuttiHistory *
tutti_history_new (void)
{
    return g_new0 (TuttiHistory, 1);
}

void
tutti_history_free (TuttiHistory *history)
{
    if (history == NULL)
        return;
    for (guint i = 0; i < TUTTI_HISTORY_PACKETS; i++)
        g_clear_pointer (&history->sent[i].packet, tutti_packet_unref);
    g_free (history);
}

void
tutti_history_add (TuttiHistory *history, const TuttiSent *sent)
{
    TuttiSent *place = &history->sent[sent->seq % TUTTI_HISTORY_PACKETS];

    g_clear_pointer (&place->packet, tutti_packet_unref);
    *place = *sent;
    tutti_packet_ref (place->packet);
}

TuttiSent *
tutti_history_find (TuttiHistory *history, guint16 seq)
{
    TuttiSent *place = &history->sent[seq % TUTTI_HISTORY_PACKETS];

    return place->packet != NULL && place->seq == seq ? place : NULL;
}
