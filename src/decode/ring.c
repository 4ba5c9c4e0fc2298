/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ring.c: see ring.h. Role: video.
 */
#include "ring.h"

/* Before the first packet that comes, so many may still come (they were reordered). */
#define REORDER_MARGIN 64
/* Old numbers in a row, after which they are the sender's new ones. */
#define OLD_MAX 100
/* Unwrapped numbers stay positive whatever is taken off. */
#define ORIGIN (1 << 20)

static void
begin (TuttiRing *ring, guint16 seq)
{
    tutti_ring_clear (ring);
    ring->has_stream = TRUE;
    ring->newest = ORIGIN + seq;
    ring->next = ring->newest - REORDER_MARGIN;
}

void
tutti_ring_init (TuttiRing *ring)
{
    ring->newest = -1;
}

void
tutti_ring_clear (TuttiRing *ring)
{
    tutti_ring_drop_until (ring, ring->newest + 1);
    ring->has_stream = FALSE;
    ring->n_old = 0;
}

gboolean
tutti_ring_push (TuttiRing *ring, TuttiPacket *packet, const TuttiPayload *payload)
{
    gint64 seq = ring->newest + (gint16)(packet->seq - (guint16)ring->newest);
    gboolean goes_on = ring->has_stream;
    TuttiPlace *place;

    if (goes_on && seq < ring->next && ++ring->n_old <= OLD_MAX) {
        ring->dropped++;
        return TRUE;
    }
    goes_on = goes_on && seq >= ring->next && seq - ring->next < TUTTI_RING_PACKETS_MAX;
    if (!goes_on) {
        begin (ring, packet->seq);
        seq = ring->newest;
    }
    ring->n_old = 0;
    ring->newest = MAX (ring->newest, seq);
    place = tutti_ring_place (ring, seq);
    if (place->packet)
        return goes_on;
    *place = (TuttiPlace){.packet = tutti_packet_ref (packet), .is_filler = !payload};
    if (payload)
        place->payload = *payload;
    return goes_on;
}

gboolean
tutti_ring_has (TuttiRing *ring, gint64 seq)
{
    return seq <= ring->newest && tutti_ring_place (ring, seq)->packet;
}

void
tutti_ring_drop_until (TuttiRing *ring, gint64 seq)
{
    for (; ring->next < seq; ring->next++) {
        TuttiPlace *place = tutti_ring_place (ring, ring->next);

        if (place->packet && !place->is_filler)
            ring->dropped++;
        g_clear_pointer (&place->packet, tutti_packet_unref);
    }
}

gint64
tutti_ring_resumed_us (TuttiRing *ring, gint64 seq)
{
    while (!tutti_ring_has (ring, seq))
        seq++;
    return tutti_ring_place (ring, seq)->packet->time_us;
}

TuttiRun
tutti_ring_walk (TuttiRing *ring, gint64 seq)
{
    const TuttiPacket *first = tutti_ring_place (ring, seq)->packet;
    TuttiRun run = {.state = TUTTI_RUN_TAIL, .end = seq, .time_us = first->time_us};

    for (gint64 at = seq; at <= ring->newest; run.end = at++) {
        const TuttiPlace *place = tutti_ring_place (ring, at);

        if (!place->packet) {
            run.state = TUTTI_RUN_HOLE;
            run.resumed_us = tutti_ring_resumed_us (ring, at);
            return run;
        }
        if (place->is_filler)
            continue;
        if (place->packet->timestamp != first->timestamp) {
            run.state = TUTTI_RUN_COMPLETE; /* a sender that sets no marker */
            return run;
        }
        run.parts |= place->payload.parts;
        run.bytes += place->packet->length_bytes;
        run.time_us = MIN (run.time_us, place->packet->time_us);
        if (place->packet->flags & TUTTI_PACKET_MARKER) {
            run.state = TUTTI_RUN_COMPLETE;
            run.end = at;
            return run;
        }
    }
    return run;
}
