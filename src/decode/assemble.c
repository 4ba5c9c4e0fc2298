/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * assemble.c: a ring of packets by sequence number, in which runs of one timestamp are frames.
 * Role: video.
 *
 *       next                    newest
 *   .....[x x x m][x x _ x m][x x]      m: marker; _: a hole, waited for
 */
#include "assemble.h"
#include "continuity.h"

/* Before the first packet that comes, so many may still come (they were reordered). */
#define REORDER_MARGIN 64
/* Old numbers in a row, after which they are the sender's new ones. */
#define OLD_MAX 100

typedef struct {
    TuttiPacket *packet;
    TuttiPayload payload;
    gboolean is_filler;
} Place;

typedef enum { RUN_COMPLETE, RUN_HOLE, RUN_TAIL } RunState;

typedef struct {
    RunState state;
    gint64 end;        /* the last packet without a break */
    gint64 resumed_us; /* HOLE: when the packet behind it came */
    gint64 time_us;
    gsize bytes;
    guint8 parts; /* of all its payloads */
} Run;

struct _TuttiAssembler {
    gboolean has_stream, is_in_order; /* in order: a frame may begin at `next` and be decoded */
    gboolean is_key_under_way;
    gint64 next, newest; /* sequence numbers, unwrapped; all kept packets are from `next` on */
    gint64 frame_end;    /* of the frame that is being shifted out; < next: none */
    gint64 deadline_us;
    guint n_old;
    guint64 dropped;
    TuttiContinuity continuity;
    Place place[TUTTI_ASSEMBLE_PACKETS_MAX];
};

static Place *
place_of (TuttiAssembler *assembler, gint64 seq)
{
    return &assembler->place[seq % TUTTI_ASSEMBLE_PACKETS_MAX];
}

static gboolean
is_there (TuttiAssembler *assembler, gint64 seq)
{
    return seq <= assembler->newest && place_of (assembler, seq)->packet;
}

static void
drop_until (TuttiAssembler *assembler, gint64 seq)
{
    for (; assembler->next < seq; assembler->next++) {
        Place *place = place_of (assembler, assembler->next);

        if (place->packet && assembler->next <= assembler->newest) {
            assembler->dropped += !place->is_filler;
            g_clear_pointer (&place->packet, tutti_packet_unref);
        }
    }
}

static void
drop_all (TuttiAssembler *assembler)
{
    drop_until (assembler, assembler->newest + 1);
    assembler->is_in_order = assembler->is_key_under_way = FALSE;
    tutti_continuity_clear (&assembler->continuity);
}

/* When the first packet behind the hole at `seq` came. */
static gint64
find_resumed (TuttiAssembler *assembler, gint64 seq)
{
    while (!is_there (assembler, seq))
        seq++;
    return place_of (assembler, seq)->packet->time_us;
}

/* The packets of one frame from `seq` on, which is there. */
static Run
walk (TuttiAssembler *assembler, gint64 seq)
{
    const TuttiPacket *first = place_of (assembler, seq)->packet;
    Run run = {.state = RUN_TAIL, .end = seq, .time_us = first->time_us};

    for (gint64 at = seq; at <= assembler->newest; run.end = at++) {
        Place *place = place_of (assembler, at);

        if (!place->packet) {
            run.state = RUN_HOLE;
            run.resumed_us = find_resumed (assembler, at);
            return run;
        }
        if (place->is_filler)
            continue;
        if (place->packet->timestamp != first->timestamp) {
            run.state = RUN_COMPLETE; /* a sender that sets no marker */
            return run;
        }
        run.parts |= place->payload.parts;
        run.bytes += place->packet->length_bytes;
        run.time_us = MIN (run.time_us, place->packet->time_us);
        if (place->packet->flags & TUTTI_PACKET_MARKER) {
            run.state = RUN_COMPLETE;
            run.end = at;
            return run;
        }
    }
    return run;
}

static gboolean
is_key_run (const Run *run)
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
is_overdue (const Run *run, gint64 now_us)
{
    return run->state == RUN_HOLE && now_us >= run->resumed_us + TUTTI_ASSEMBLE_WAIT_US;
}

static void
begin_frame (TuttiAssembler *assembler, const Run *run, TuttiAssembled *frame)
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
    gboolean has_base = FALSE;

    *is_hopeful = FALSE;
    for (gint64 seq = assembler->next + 1; seq <= assembler->newest; seq++) {
        const Place *place = place_of (assembler, seq);
        TuttiContinuityOf follows;
        Run run;

        if (!place->packet || !(place->payload.parts & TUTTI_PART_START))
            continue;
        has_base |= place->payload.temporal_id == 0;
        follows = tutti_continuity_of (&assembler->continuity, &place->payload);
        run = walk (assembler, seq);
        if (!is_key_run (&run) && follows == TUTTI_CONTINUITY_NONE) {
            seq = run.end;
            continue;
        }
        if (run.state == RUN_COMPLETE &&
            (is_late || is_key_run (&run) || follows == TUTTI_CONTINUITY_EXACT)) {
            drop_until (assembler, seq);
            assembler->continuity.has_gap = follows == TUTTI_CONTINUITY_BASE;
            return TRUE;
        }
        *is_hopeful |= run.state != RUN_COMPLETE && !is_overdue (&run, now_us);
        if (run.state == RUN_HOLE && !is_overdue (&run, now_us))
            await (assembler, run.resumed_us + TUTTI_ASSEMBLE_WAIT_US);
        seq = run.end;
    }
    *is_hopeful |= !has_base && assembler->continuity.last.parts & TUTTI_PART_LAYERS;
    return FALSE;
}

/* A hole at `next` or behind. TRUE: something else is at `next` now. */
static gboolean
pass_hole (TuttiAssembler *assembler, gint64 resumed_us, gint64 now_us)
{
    gint64 deadline_us = resumed_us + TUTTI_ASSEMBLE_WAIT_US;
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
    while (is_there (assembler, assembler->next) &&
           place_of (assembler, assembler->next)->is_filler)
        drop_until (assembler, assembler->next + 1);
}

/* TRUE: look again. */
static gboolean
next_in_order (TuttiAssembler *assembler, gint64 now_us, TuttiAssembled *frame)
{
    const TuttiPayload *first;
    Run run;

    drop_fillers (assembler);
    if (assembler->next > assembler->newest)
        return FALSE;
    if (!is_there (assembler, assembler->next))
        return pass_hole (assembler, find_resumed (assembler, assembler->next), now_us);
    run = walk (assembler, assembler->next);
    if (run.bytes > TUTTI_CODED_MAX_BYTES) {
        drop_all (assembler);
        return FALSE;
    }
    if (run.state != RUN_COMPLETE)
        return run.state == RUN_HOLE && pass_hole (assembler, run.resumed_us, now_us);
    first = &place_of (assembler, assembler->next)->payload;
    if (tutti_continuity_advance (&assembler->continuity, first))
        begin_frame (assembler, &run, frame);
    else
        drop_until (assembler, run.end + 1);
    return TRUE;
}

/* --- Looking for a key frame --- */

/* TRUE: the packet at `seq` is, or may turn out to be, of a key frame that comes whole. Else *last
 * is the last packet of which that is known. */
static gboolean
is_worth_keeping (TuttiAssembler *assembler, gint64 seq, gint64 now_us, gint64 *last)
{
    const Place *place = place_of (assembler, seq);
    Run run;

    *last = seq;
    if (place->is_filler)
        return FALSE;
    if (!(place->payload.parts & TUTTI_PART_START))
        return now_us < place->packet->time_us + TUTTI_ASSEMBLE_WAIT_US;
    if (!(place->payload.parts & TUTTI_PART_CONFIG) && place->payload.picture_id_bits > 0)
        return FALSE;
    run = walk (assembler, seq);
    *last = run.end;
    return run.bytes <= TUTTI_CODED_MAX_BYTES && !is_overdue (&run, now_us) &&
           (run.state != RUN_COMPLETE || is_key_run (&run));
}

/* Lets go of what leads nowhere. */
static void
trim (TuttiAssembler *assembler, gint64 now_us)
{
    gint64 keep = assembler->next, last;

    for (gint64 seq = assembler->next; seq <= assembler->newest; seq++) {
        if (!is_there (assembler, seq))
            continue;
        if (is_worth_keeping (assembler, seq, now_us, &last))
            break;
        seq = last;
        keep = last + 1;
    }
    drop_until (assembler, keep);
}

static gboolean
begin_key (TuttiAssembler *assembler, gint64 seq, const Run *run, TuttiAssembled *frame)
{
    drop_until (assembler, seq);
    tutti_continuity_clear (&assembler->continuity);
    tutti_continuity_advance (&assembler->continuity, &place_of (assembler, seq)->payload);
    begin_frame (assembler, run, frame);
    return TRUE;
}

static gboolean
next_key (TuttiAssembler *assembler, gint64 now_us, TuttiAssembled *frame)
{
    trim (assembler, now_us);
    assembler->is_key_under_way = FALSE;
    for (gint64 seq = assembler->next; seq <= assembler->newest; seq++) {
        const Place *place = place_of (assembler, seq);
        Run run;

        if (!place->packet || !(place->payload.parts & TUTTI_PART_START))
            continue;
        run = walk (assembler, seq);
        if (run.state == RUN_COMPLETE && is_key_run (&run))
            return begin_key (assembler, seq, &run, frame);
        seq = run.end;
        if (run.state == RUN_COMPLETE || is_overdue (&run, now_us) ||
            !(run.parts & TUTTI_PART_CONFIG))
            continue;
        assembler->is_key_under_way = TRUE;
        if (run.state == RUN_HOLE)
            await (assembler, run.resumed_us + TUTTI_ASSEMBLE_WAIT_US);
    }
    return FALSE;
}

static void
begin_stream (TuttiAssembler *assembler, const TuttiPacket *packet)
{
    drop_all (assembler);
    assembler->has_stream = TRUE;
    assembler->n_old = 0;
    /* Unwrapped numbers stay positive whatever is taken off. */
    assembler->newest = packet->seq + (1 << 20);
    assembler->next = assembler->newest - REORDER_MARGIN;
    assembler->frame_end = assembler->next - 1;
}

TuttiAssembler *
tutti_assembler_new (void)
{
    TuttiAssembler *assembler = g_new0 (TuttiAssembler, 1);

    assembler->newest = assembler->frame_end = -1;
    tutti_continuity_clear (&assembler->continuity);
    return assembler;
}

void
tutti_assembler_free (TuttiAssembler *assembler)
{
    if (!assembler)
        return;
    drop_all (assembler);
    g_free (assembler);
}

void
tutti_assembler_clear (TuttiAssembler *assembler)
{
    drop_all (assembler);
    assembler->has_stream = FALSE;
}

void
tutti_assembler_push (TuttiAssembler *assembler, TuttiPacket *packet, const TuttiPayload *payload)
{
    gint64 seq;
    Place *place;

    if (!assembler->has_stream)
        begin_stream (assembler, packet);
    seq = assembler->newest + (gint16)(packet->seq - (guint16)assembler->newest);
    if (seq < assembler->next && ++assembler->n_old <= OLD_MAX) {
        assembler->dropped++;
        return;
    }
    if (seq < assembler->next || seq - assembler->next >= TUTTI_ASSEMBLE_PACKETS_MAX) {
        begin_stream (assembler, packet);
        seq = assembler->newest;
    }
    assembler->n_old = 0;
    assembler->newest = MAX (assembler->newest, seq);
    place = place_of (assembler, seq);
    if (place->packet)
        return;
    *place = (Place){.packet = tutti_packet_ref (packet), .is_filler = !payload};
    if (payload)
        place->payload = *payload;
}

gboolean
tutti_assembler_next (TuttiAssembler *assembler, gint64 now_us, TuttiAssembled *frame)
{
    assembler->deadline_us = 0;
    while (assembler->is_in_order)
        if (!next_in_order (assembler, now_us, frame))
            return FALSE;
        else if (assembler->frame_end >= assembler->next)
            return TRUE;
    return assembler->has_stream && next_key (assembler, now_us, frame);
}

TuttiPacket *
tutti_assembler_shift (TuttiAssembler *assembler)
{
    while (assembler->next <= assembler->frame_end) {
        Place *place = place_of (assembler, assembler->next++);

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

guint64
tutti_assembler_dropped (TuttiAssembler *assembler)
{
    return assembler->dropped;
}
