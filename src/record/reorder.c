/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reorder.c: see reorder.h. All streams that follow one another are numbered in one line: another
 * one begins STREAM_STEP behind the last number. Pure. Role: file.
 */
#include "reorder.h"

/* RFC 3550 appendix A.1: MAX_DROPOUT, MAX_MISORDER. */
#define DROPOUT_MAX 3000
#define MISORDER_MAX 100
/* So that what was misordered in the old stream stands before all of the new one. */
#define STREAM_STEP (2 * MISORDER_MAX)

typedef struct {
    TuttiPacket *packet;
    gint64 number, due_us; /* due: without being kept back */
} Entry;

struct _TuttiReorder {
    GQueue entries; /* in order of their numbers */
    gboolean has_stream, is_odd;
    guint32 ssrc;
    guint16 odd_seq; /* the number that would confirm a jump */
    gint64 newest, popped;
    guint16 newest_seq;
};

static void
free_entry (gpointer data)
{
    Entry *entry = data;

    tutti_packet_unref (entry->packet);
    g_free (entry);
}

static void
begin_stream (TuttiReorder *reorder, const TuttiPacket *packet)
{
    reorder->has_stream = TRUE;
    reorder->is_odd = FALSE;
    reorder->ssrc = packet->ssrc;
    reorder->newest += STREAM_STEP;
    reorder->newest_seq = packet->seq;
}

/* FALSE: an odd number. Two in a row are a jump. */
static gboolean
follow_jump (TuttiReorder *reorder, const TuttiPacket *packet)
{
    gboolean is_jump = reorder->is_odd && packet->seq == reorder->odd_seq;

    reorder->is_odd = TRUE;
    reorder->odd_seq = (guint16)(packet->seq + 1);
    if (is_jump)
        begin_stream (reorder, packet);
    return is_jump;
}

/* FALSE: it belongs nowhere. A repair begins no stream: it is of one that has ended. */
static gboolean
find_number (TuttiReorder *reorder, const TuttiPacket *packet, gint64 *number)
{
    gint ahead = (gint16)(packet->seq - reorder->newest_seq);

    if (!reorder->has_stream || packet->ssrc != reorder->ssrc) {
        if (reorder->has_stream && packet->flags & TUTTI_PACKET_RECOVERED)
            return FALSE;
        begin_stream (reorder, packet);
    } else if (ahead > DROPOUT_MAX || ahead < -MISORDER_MAX) {
        if (!follow_jump (reorder, packet))
            return FALSE;
    } else if (ahead > 0) {
        reorder->newest += ahead;
        reorder->newest_seq = packet->seq;
    } else {
        *number = reorder->newest + ahead;
        return TRUE;
    }
    *number = reorder->newest;
    return TRUE;
}

/* Unless it is there already. What stands behind a late one need not wait any longer for it. */
static void
insert (TuttiReorder *reorder, const Entry *entry)
{
    GList *after = reorder->entries.tail;
    Entry *copy;

    while (after && ((Entry *)after->data)->number > entry->number)
        after = after->prev;
    if (after && ((Entry *)after->data)->number == entry->number)
        return;
    copy = g_new (Entry, 1);
    *copy = *entry;
    tutti_packet_ref (copy->packet);
    g_queue_insert_after (&reorder->entries, after, copy);
    after = after ? after->next : reorder->entries.head;
    if (after->next)
        copy->due_us = MIN (copy->due_us, ((Entry *)after->next->data)->due_us);
}

TuttiReorder *
tutti_reorder_new (void)
{
    TuttiReorder *reorder = g_new0 (TuttiReorder, 1);

    g_queue_init (&reorder->entries);
    return reorder;
}

void
tutti_reorder_free (TuttiReorder *reorder)
{
    if (!reorder)
        return;
    g_queue_clear_full (&reorder->entries, free_entry);
    g_free (reorder);
}

void
tutti_reorder_push (TuttiReorder *reorder, TuttiPacket *packet)
{
    Entry entry = {.packet = packet, .due_us = packet->time_us + TUTTI_REORDER_HOLD_US};

    if (find_number (reorder, packet, &entry.number) && entry.number > reorder->popped)
        insert (reorder, &entry);
}

TuttiPacket *
tutti_reorder_pop (TuttiReorder *reorder, gint64 now_us, gboolean *is_next)
{
    Entry *first = g_queue_peek_head (&reorder->entries);
    TuttiPacket *packet;

    if (!first || (first->due_us > now_us && reorder->entries.length <= TUTTI_REORDER_PACKETS_MAX))
        return NULL;
    g_queue_pop_head (&reorder->entries);
    *is_next = first->number == reorder->popped + 1;
    reorder->popped = first->number;
    packet = g_steal_pointer (&first->packet);
    g_free (first);
    return packet;
}
