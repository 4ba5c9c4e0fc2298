/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * assemble.c: which run of packets in the ring is the next frame for the decoder; a stream is
 * either followed in order, or searched for a key frame. Role: video.
 */
#include "assemble.h"
#include "continuity.h"
#include "ring.h"

struct _TuttiAssembler {
    gboolean is_in_order; /* a frame may begin at ring.next and be decoded */
    gboolean is_key_under_way;
    gint64 frame_end; /* of the frame that is being shifted out; before ring.next: none */
    gint64 deadline_us, wait_us;
    TuttiContinuity continuity;
    TuttiRing ring;
};

static void
need_key (TuttiAssembler *assembler)
{
    assembler->is_in_order = assembler->is_key_under_way = FALSE;
    assembler->frame_end = -1;
    tutti_continuity_clear (&assembler->continuity);
}

static gboolean
is_key_run (const TuttiRun *run)
{
    return (run->parts & TUTTI_PART_KEY_FRAME) == TUTTI_PART_KEY_FRAME &&
           run->bytes <= TUTTI_CODED_MAX_BYTES;
}

static void
await (TuttiAssembler *assembler, gint64 deadline_us)
{
    if (assembler->deadline_us == 0 || deadline_us < assembler->deadline_us)
        assembler->deadline_us = deadline_us;
}

static gboolean
is_overdue (const TuttiAssembler *assembler, const TuttiRun *run, gint64 now_us)
{
    return run->state == TUTTI_RUN_HOLE && now_us >= run->resumed_us + assembler->wait_us;
}

static void
begin_frame (TuttiAssembler *assembler, const TuttiRun *run, TuttiAssembled *frame)
{
    assembler->is_in_order = TRUE;
    assembler->is_key_under_way = FALSE;
    assembler->frame_end = run->end;
    *frame = (TuttiAssembled){is_key_run (run), run->time_us};
}

/* --- In order --- */

/* A frame behind the hole at `next` that can be decoded all the same. is_late: the hole is given
 * up. is_hopeful: there may be one yet. */
static gboolean
jump (TuttiAssembler *assembler, gint64 now_us, gboolean is_late, gboolean *is_hopeful)
{
    TuttiRing *ring = &assembler->ring;
    gboolean has_base = FALSE;

    *is_hopeful = FALSE;
    for (gint64 seq = ring->next + 1; seq <= ring->newest; seq++) {
        const TuttiPlace *place = tutti_ring_place (ring, seq);
        TuttiContinuityOf follows;
        TuttiRun run;

        if (!place->packet || !(place->payload.parts & TUTTI_PART_START))
            continue;
        has_base |= place->payload.temporal_id == 0;
        follows = tutti_continuity_of (&assembler->continuity, &place->payload);
        run = tutti_ring_walk (ring, seq);
        if (!is_key_run (&run) && follows == TUTTI_CONTINUITY_NONE) {
            seq = run.end;
            continue;
        }
        if (run.state == TUTTI_RUN_COMPLETE &&
            (is_late || is_key_run (&run) || follows == TUTTI_CONTINUITY_EXACT)) {
            tutti_ring_drop_until (ring, seq);
            assembler->continuity.has_gap = follows == TUTTI_CONTINUITY_BASE;
            return TRUE;
        }
        *is_hopeful |= run.state != TUTTI_RUN_COMPLETE && !is_overdue (assembler, &run, now_us);
        if (run.state == TUTTI_RUN_HOLE && !is_overdue (assembler, &run, now_us))
            await (assembler, run.resumed_us + assembler->wait_us);
        seq = run.end;
    }
    *is_hopeful |= !has_base && assembler->continuity.last.parts & TUTTI_PART_LAYERS;
    return FALSE;
}

/* A hole at `next` or behind. TRUE: something else is at `next` now. */
static gboolean
pass_hole (TuttiAssembler *assembler, gint64 resumed_us, gint64 now_us)
{
    gint64 deadline_us = resumed_us + assembler->wait_us;
    gboolean is_late = now_us >= deadline_us, is_hopeful;

    if (jump (assembler, now_us, is_late, &is_hopeful))
        return TRUE;
    if (!is_late)
        await (assembler, deadline_us);
    else if (!is_hopeful)
        assembler->is_in_order = FALSE;
    return is_late && !is_hopeful;
}

static void
drop_fillers (TuttiAssembler *assembler)
{
    TuttiRing *ring = &assembler->ring;

    while (tutti_ring_has (ring, ring->next) && tutti_ring_place (ring, ring->next)->is_filler)
        tutti_ring_drop_until (ring, ring->next + 1);
}

/* TRUE: look again. */
static gboolean
next_in_order (TuttiAssembler *assembler, gint64 now_us, TuttiAssembled *frame)
{
    TuttiRing *ring = &assembler->ring;
    const TuttiPayload *first;
    TuttiRun run;

    drop_fillers (assembler);
    if (ring->next > ring->newest)
        return FALSE;
    if (!tutti_ring_has (ring, ring->next))
        return pass_hole (assembler, tutti_ring_resumed_us (ring, ring->next), now_us);
    run = tutti_ring_walk (ring, ring->next);
    if (run.bytes > TUTTI_CODED_MAX_BYTES) {
        tutti_ring_drop_until (ring, ring->newest + 1);
        need_key (assembler);
        return FALSE;
    }
    if (run.state != TUTTI_RUN_COMPLETE)
        return run.state == TUTTI_RUN_HOLE && pass_hole (assembler, run.resumed_us, now_us);
    first = &tutti_ring_place (ring, ring->next)->payload;
    if (tutti_continuity_advance (&assembler->continuity, first))
        begin_frame (assembler, &run, frame);
    else
        tutti_ring_drop_until (ring, run.end + 1);
    return TRUE;
}

/* --- Looking for a key frame --- */

/* TRUE: the packet at `seq` is, or may turn out to be, of a key frame that comes whole. Else *last
 * is the last packet of which that is known. */
static gboolean
is_worth_keeping (TuttiAssembler *assembler, gint64 seq, gint64 now_us, gint64 *last)
{
    TuttiRing *ring = &assembler->ring;
    const TuttiPlace *place = tutti_ring_place (ring, seq);
    TuttiRun run;

    *last = seq;
    if (place->is_filler)
        return FALSE;
    if (!(place->payload.parts & TUTTI_PART_START))
        return now_us < place->packet->time_us + assembler->wait_us;
    if (!(place->payload.parts & TUTTI_PART_CONFIG) && place->payload.picture_id_bits > 0)
        return FALSE;
    run = tutti_ring_walk (ring, seq);
    *last = run.end;
    return run.bytes <= TUTTI_CODED_MAX_BYTES && !is_overdue (assembler, &run, now_us) &&
           (run.state != TUTTI_RUN_COMPLETE || is_key_run (&run));
}

/* Lets go of what leads nowhere. */
static void
trim (TuttiAssembler *assembler, gint64 now_us)
{
    TuttiRing *ring = &assembler->ring;
    gint64 keep = ring->next, last;

    for (gint64 seq = ring->next; seq <= ring->newest; seq++) {
        if (!tutti_ring_has (ring, seq))
            continue;
        if (is_worth_keeping (assembler, seq, now_us, &last))
            break;
        seq = last;
        keep = last + 1;
    }
    tutti_ring_drop_until (ring, keep);
}

static gboolean
begin_key (TuttiAssembler *assembler, gint64 seq, const TuttiRun *run, TuttiAssembled *frame)
{
    TuttiRing *ring = &assembler->ring;

    tutti_ring_drop_until (ring, seq);
    tutti_continuity_clear (&assembler->continuity);
    tutti_continuity_advance (&assembler->continuity, &tutti_ring_place (ring, seq)->payload);
    begin_frame (assembler, run, frame);
    return TRUE;
}

static gboolean
next_key (TuttiAssembler *assembler, gint64 now_us, TuttiAssembled *frame)
{
    TuttiRing *ring = &assembler->ring;

    trim (assembler, now_us);
    assembler->is_key_under_way = FALSE;
    for (gint64 seq = ring->next; seq <= ring->newest; seq++) {
        const TuttiPlace *place = tutti_ring_place (ring, seq);
        TuttiRun run;

        if (!place->packet || !(place->payload.parts & TUTTI_PART_START))
            continue;
        run = tutti_ring_walk (ring, seq);
        if (run.state == TUTTI_RUN_COMPLETE && is_key_run (&run))
            return begin_key (assembler, seq, &run, frame);
        seq = run.end;
        if (run.state == TUTTI_RUN_COMPLETE || is_overdue (assembler, &run, now_us) ||
            !(run.parts & TUTTI_PART_CONFIG))
            continue;
        assembler->is_key_under_way = TRUE;
        if (run.state == TUTTI_RUN_HOLE)
            await (assembler, run.resumed_us + assembler->wait_us);
    }
    return FALSE;
}

TuttiAssembler *
tutti_assembler_new (void)
{
    TuttiAssembler *assembler = g_new0 (TuttiAssembler, 1);

    assembler->wait_us = TUTTI_ASSEMBLE_WAIT_US;
    tutti_ring_init (&assembler->ring);
    need_key (assembler);
    return assembler;
}

void
tutti_assembler_free (TuttiAssembler *assembler)
{
    if (!assembler)
        return;
    tutti_ring_clear (&assembler->ring);
    g_free (assembler);
}

void
tutti_assembler_clear (TuttiAssembler *assembler)
{
    tutti_ring_clear (&assembler->ring);
    need_key (assembler);
}

void
tutti_assembler_set_wait (TuttiAssembler *assembler, gint64 wait_us)
{
    assembler->wait_us = wait_us;
}

void
tutti_assembler_push (TuttiAssembler *assembler, TuttiPacket *packet, const TuttiPayload *payload)
{
    if (!tutti_ring_push (&assembler->ring, packet, payload))
        need_key (assembler);
}

gboolean
tutti_assembler_next (TuttiAssembler *assembler, gint64 now_us, TuttiAssembled *frame)
{
    assembler->deadline_us = 0;
    while (assembler->is_in_order)
        if (!next_in_order (assembler, now_us, frame))
            return FALSE;
        else if (assembler->frame_end >= assembler->ring.next)
            return TRUE;
    return assembler->ring.has_stream && next_key (assembler, now_us, frame);
}

TuttiPacket *
tutti_assembler_shift (TuttiAssembler *assembler)
{
    TuttiRing *ring = &assembler->ring;

    while (ring->next <= assembler->frame_end) {
        TuttiPlace *place = tutti_ring_place (ring, ring->next++);

        if (!place->is_filler)
            return g_steal_pointer (&place->packet);
        g_clear_pointer (&place->packet, tutti_packet_unref);
    }
    return NULL;
}

void
tutti_assembler_refuse (TuttiAssembler *assembler)
{
    assembler->is_in_order = FALSE;
}

gboolean
tutti_assembler_wants_key_frame (TuttiAssembler *assembler)
{
    return !assembler->is_in_order && !assembler->is_key_under_way;
}

gint64
tutti_assembler_deadline_us (TuttiAssembler *assembler)
{
    return assembler->deadline_us;
}

gboolean
tutti_assembler_get_needed (TuttiAssembler *assembler, guint16 *seq)
{
    *seq = (guint16)assembler->ring.next;
    return assembler->ring.has_stream;
}

guint64
tutti_assembler_dropped (TuttiAssembler *assembler)
{
    return assembler->ring.dropped;
}
