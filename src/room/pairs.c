/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pairs.c: see pairs.h.
 */
#include "pairs.h"

#include "encode/opus-join.h"

#include <tutti/clock.h>

struct _TuttiPairs {
    gboolean odd;
    TuttiPacket *before; /* held when this round began: those who are paired lack it */
    TuttiPacket *held;   /* for the next round */
    TuttiPacket *out;    /* this round's, for those who are paired */
};

TuttiPairs *
tutti_pairs_new (gboolean odd)
{
    TuttiPairs *pairs = g_new0 (TuttiPairs, 1);

    pairs->odd = odd;
    return pairs;
}

void
tutti_pairs_free (TuttiPairs *pairs)
{
    if (!pairs)
        return;
    g_clear_pointer (&pairs->before, tutti_packet_unref);
    g_clear_pointer (&pairs->held, tutti_packet_unref);
    g_clear_pointer (&pairs->out, tutti_packet_unref);
    g_free (pairs);
}

static TuttiPacket *
keep (TuttiPacket *packet)
{
    return packet ? tutti_packet_ref (packet) : NULL;
}

void
tutti_pairs_push (TuttiPairs *pairs, TuttiPacket *packet, gint64 now_us)
{
    gboolean begins = (now_us / TUTTI_ROUND_US % 2 != 0) == pairs->odd;

    g_clear_pointer (&pairs->out, tutti_packet_unref);
    g_clear_pointer (&pairs->before, tutti_packet_unref);
    pairs->before = g_steal_pointer (&pairs->held);
    if (pairs->before && packet)
        pairs->out = tutti_opus_join (pairs->before, packet);
    if (pairs->out)
        return;
    pairs->out = keep (begins || pairs->before ? pairs->before : packet);
    pairs->held = keep (begins || pairs->before ? packet : NULL);
}

static guint
add (TuttiPacket *packets[], guint n, TuttiPacket *packet)
{
    if (packet)
        packets[n++] = packet;
    return n;
}

guint
tutti_pairs_get (TuttiPairs *pairs, gboolean *is_paired, gboolean wanted, TuttiPacket *single,
                 TuttiPacket *packets[TUTTI_PAIRS_MAX])
{
    gboolean was_paired = *is_paired;

    /* In the midst of a pair, whose first half it has had, is no time to begin. */
    *is_paired = wanted && (was_paired || !pairs->before);
    if (*is_paired)
        return add (packets, 0, pairs->out);
    return add (packets, was_paired ? add (packets, 0, pairs->before) : 0, single);
}
