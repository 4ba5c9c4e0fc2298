/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * assemble.h: frames out of packets that come in any order, twice, or not at all. Gives frames in
 * order, each complete and (as far as can be known) with all its references before it: nothing else
 * may reach a decoder. Pure; time is given. Role: video.
 *
 *   push (packet, what its payload says)*  ->  next (now)  ->  shift()*: the frame's packets
 *
 * A hole is waited for, since the leg asks for retransmission; then a frame that doesn't need what
 * is missing goes on, or, if there is none, only a key frame does.
 */
#pragma once

#include <tutti/payload.h>

#include <tutti/packet.h>

typedef struct _TuttiAssembler TuttiAssembler;

/* How long a hole is waited for after something behind it came, unless told otherwise: a
 * retransmission over a round trip of 100 ms, and the time in which the leg asks for it. */
#define TUTTI_ASSEMBLE_WAIT_US (150 * TUTTI_USEC_PER_MSEC)

typedef struct {
    gboolean is_key;
    gint64 time_us; /* its first packet's arrival */
} TuttiAssembled;

TuttiAssembler *tutti_assembler_new (void);
void tutti_assembler_free (TuttiAssembler *assembler);
/* Forgets all: another stream begins, with a key frame. */
void tutti_assembler_clear (TuttiAssembler *assembler);

/* From now on. */
void tutti_assembler_set_wait (TuttiAssembler *assembler, gint64 wait_us);

/* Takes its own reference. payload NULL: padding, which only fills its place in the numbering. */
void tutti_assembler_push (TuttiAssembler *assembler, TuttiPacket *packet,
                           const TuttiPayload *payload);

/* TRUE: a frame is ready: shift() all its packets before the next call. */
gboolean tutti_assembler_next (TuttiAssembler *assembler, gint64 now_us, TuttiAssembled *frame);
/* The next packet of the frame, the caller's reference; NULL after the last. */
TuttiPacket *tutti_assembler_shift (TuttiAssembler *assembler);
/* The decoder couldn't use the frame: nothing but a key frame can follow. */
void tutti_assembler_refuse (TuttiAssembler *assembler);

/* TRUE: only a key frame goes on, and none is under way. */
gboolean tutti_assembler_wants_key_frame (TuttiAssembler *assembler);
/* When next() should be called even if nothing comes; 0: needn't be. */
gint64 tutti_assembler_deadline_us (TuttiAssembler *assembler);
/* The number of the first packet that would still be used. FALSE: there is no stream. */
gboolean tutti_assembler_get_needed (TuttiAssembler *assembler, guint16 *seq);
/* Packets dropped unused, so far. */
guint64 tutti_assembler_dropped (TuttiAssembler *assembler);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiAssembler, tutti_assembler_free)
