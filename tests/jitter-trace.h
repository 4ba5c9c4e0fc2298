/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * jitter-trace.h: a sender's packets on their way into the jitter buffer, and an ideal listener: it
 * shortens and stretches exactly as it is asked. Time is simulated.
 */
#pragma once

#include "src/decode/jitter.h"

#define FRAME TUTTI_ROUND_SAMPLES
#define ORIGIN_US (100 * (gint64)G_USEC_PER_SEC)
#define FIRST_SEQ 65500         /* wraps soon */
#define FIRST_STAMP 0xffff0000u /* wraps soon */

typedef struct {
    TuttiJitter *jitter;
    guint buffered, round;
    guint frame;   /* samples a packet */
    double rate;   /* of the sender's clock against ours */
    gint64 way_us; /* of the fastest packet */
    guint32 ssrc;
    guint8 level;   /* of the packets */
    GString *story; /* NULL: not kept; one letter a verdict, a bar a round */
    /* what was heard */
    gint64 next_index; /* of the packet expected */
    guint played, lost, unknown, idle, fec, fresh, rounds_heard;
    gint64 delay_us, delay_max_us; /* from arrival on the fastest way to being played */
    int last_index;
} Trace;

static inline void
trace_init (Trace *trace, guint max_ms)
{
    *trace = (Trace){.jitter = tutti_jitter_new (max_ms),
                     .frame = FRAME,
                     .rate = 1,
                     .way_us = 7000,
                     .ssrc = 1,
                     .last_index = -1};
}

static inline void
trace_clear (Trace *trace)
{
    tutti_jitter_free (trace->jitter);
    if (trace->story)
        g_string_free (trace->story, TRUE);
    g_assert_cmpuint (tutti_packet_count_live (), ==, 0);
}

/* When packet `index` would come on the fastest way. */
static inline gint64
due_us (const Trace *trace, gint64 index)
{
    double us = (double)(index * trace->frame) * 1e6 / TUTTI_RATE_HZ / trace->rate;

    return ORIGIN_US + trace->way_us + (gint64)us;
}

static inline void
send_packet (Trace *trace, TuttiPacket *packet)
{
    tutti_jitter_push (trace->jitter, packet,
                       &(TuttiJitterTraits){.samples = trace->frame,
                                            .has_fec = !(packet->flags & TUTTI_PACKET_RECOVERED),
                                            .quiet = trace->level > 70});
}

static inline void
send_shifted (Trace *trace, guint index, gint64 late_us, guint seq_shift, guint32 stamp_shift)
{
    g_autoptr (TuttiPacket) packet = tutti_packet_new ();

    packet->time_us = due_us (trace, index) + late_us;
    packet->ssrc = trace->ssrc;
    packet->seq = (guint16)(FIRST_SEQ + index + seq_shift);
    packet->timestamp = FIRST_STAMP + index * trace->frame + stamp_shift;
    packet->length_bytes = 40;
    packet->source = index;
    send_packet (trace, packet);
}

/* It came along with a later one, so much later. */
static inline void
send_repair (Trace *trace, guint index, gint64 late_us)
{
    g_autoptr (TuttiPacket) packet = tutti_packet_new ();

    packet->time_us = due_us (trace, index) + late_us;
    packet->ssrc = trace->ssrc;
    packet->seq = (guint16)(FIRST_SEQ + index);
    packet->timestamp = FIRST_STAMP + index * trace->frame;
    packet->length_bytes = 40;
    packet->source = index;
    packet->flags = TUTTI_PACKET_RECOVERED;
    send_packet (trace, packet);
}

static inline void
send (Trace *trace, guint index, gint64 late_us)
{
    send_shifted (trace, index, late_us, 0, 0);
}

static inline gint64
round_us (const Trace *trace)
{
    return ORIGIN_US + trace->round * (gint64)TUTTI_ROUND_US;
}

static inline void
hear (Trace *trace, const TuttiJitterPiece *piece)
{
    int index = (int)piece->packet->source;

    g_assert_cmpint (index, >, trace->last_index); /* order, and nothing twice */
    trace->last_index = index;
    trace->played++;
    trace->fresh += piece->fresh;
    trace->delay_us = round_us (trace) + (gint64)trace->buffered * G_USEC_PER_SEC / TUTTI_RATE_HZ -
                      due_us (trace, index);
    trace->delay_max_us = MAX (trace->delay_max_us, trace->delay_us);
    tutti_packet_unref (piece->packet);
}

/* Packet, FEC, Lost for good, Unknown, pause of the sender (-), idle (.); a cut or a stretch: <
 * and >. */
static inline void
tell (Trace *trace, TuttiJitterVerdict verdict, const TuttiJitterPiece *piece)
{
    static const char letters[] = {'.', 'P', 'L', 'U'};
    char letter = letters[verdict];

    if (!trace->story)
        return;
    if (verdict == TUTTI_JITTER_LOST)
        letter = piece->packet ? 'F' : piece->after_pause ? '-' : 'L';
    g_string_append_c (trace->story, letter);
}

/* One round, all of whose packets were sent. */
static inline void
play_round (Trace *trace)
{
    TuttiJitterPiece piece;
    TuttiJitterVerdict verdict = TUTTI_JITTER_PACKET;
    int excess;

    tutti_jitter_settle (trace->jitter, round_us (trace), trace->buffered);
    while (trace->buffered < FRAME && verdict != TUTTI_JITTER_IDLE) {
        verdict = tutti_jitter_take (trace->jitter, &piece);
        tell (trace, verdict, &piece);
        if (verdict == TUTTI_JITTER_PACKET)
            hear (trace, &piece);
        trace->fec += verdict == TUTTI_JITTER_LOST && piece.packet;
        trace->lost += verdict == TUTTI_JITTER_LOST;
        trace->unknown += verdict == TUTTI_JITTER_UNKNOWN;
        trace->idle += verdict == TUTTI_JITTER_IDLE;
        trace->buffered += verdict == TUTTI_JITTER_IDLE ? 0 : piece.samples;
    }
    excess = tutti_jitter_excess (trace->jitter, trace->buffered);
    while (excess > 0 && trace->buffered < 2 * FRAME &&
           tutti_jitter_peek (trace->jitter, 0, NULL)) {
        tell (trace, tutti_jitter_take (trace->jitter, &piece), &piece);
        hear (trace, &piece);
        trace->buffered += piece.samples;
    }
    if (trace->story && trace->buffered >= FRAME && excess != 0)
        g_string_append_c (trace->story, excess > 0 ? '<' : '>');
    if (trace->buffered >= FRAME)
        trace->buffered -= CLAMP (excess, -600, (int)trace->buffered - FRAME);
    trace->rounds_heard += trace->buffered >= FRAME;
    trace->buffered -= MIN (trace->buffered, FRAME);
    if (trace->story)
        g_string_append_c (trace->story, '|');
    trace->round++;
}

typedef gint64 (*Lateness) (guint index);

/* n packets from `from`, each `lateness` late (-1: lost), and the rounds meanwhile. */
static inline void
run (Trace *trace, guint from, guint n, Lateness lateness)
{
    g_autofree gboolean *sent = g_new0 (gboolean, n);
    guint first = 0;

    while (first < n) {
        for (guint i = first; i < n && due_us (trace, from + i) <= round_us (trace); i++) {
            gint64 late = lateness ? lateness (from + i) : 0;

            if (sent[i] || (late >= 0 && due_us (trace, from + i) + late > round_us (trace)))
                continue;
            if (late >= 0)
                send (trace, from + i, late);
            sent[i] = TRUE;
        }
        while (first < n && sent[first])
            first++;
        play_round (trace);
    }
}
