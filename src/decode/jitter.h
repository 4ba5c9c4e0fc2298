/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * jitter.h: the adaptive jitter buffer of one voice: packets in as they come, out in order at the
 * pace of the 20 ms rounds. Pure: knows no codec, time is given. Role: audio; never allocates after
 * new().
 *
 * A round: push() what came, settle() once, then take() until there are samples enough. The caller
 * keeps the decoded samples that were not played yet and says how many (`buffered`).
 *
 *   sender's time  ....|--- played ---|- buffered -|- owed -|- packets kept here ...
 *                                                  ^ next
 *
 * `owed` are samples that were made up because nothing was known of the packet at `next`: if it
 * comes after all it is played when there is something to hear in it, or when the buffer is shorter
 * than it should be (so the delay grows, and is shortened again); else those samples stand in its
 * place. What was lost is never waited for: the samples made up stand in its place.
 */
#pragma once

#include <tutti/packet.h>

typedef struct _TuttiJitter TuttiJitter;

/* 500 ms (the most that jitter-max-ms may say) in packets of 2.5 ms. */
#define TUTTI_JITTER_PACKETS_MAX 200
#define TUTTI_JITTER_MAX_MS 500
/* Concealment longer than this is silence: a sender in DTX, or gone. */
#define TUTTI_JITTER_MUTE_SAMPLES (TUTTI_RATE_HZ * 160 / 1000)

typedef enum {
    TUTTI_JITTER_IDLE,    /* nothing to play: silence */
    TUTTI_JITTER_PACKET,  /* decode `packet` */
    TUTTI_JITTER_LOST,    /* make up `samples`; `packet`: the next one, for in-band FEC, or NULL */
    TUTTI_JITTER_UNKNOWN, /* make up `samples`: nothing has come yet */
} TuttiJitterVerdict;

typedef struct {
    TuttiPacket *packet; /* PACKET: the caller's reference; LOST: borrowed until the next call */
    guint samples;
    gboolean fresh;       /* PACKET: first of another stream: the decoder's past is not its past */
    gboolean after_pause; /* LOST, and UNKNOWN before: the sender was silent, nothing is missing */
} TuttiJitterPiece;

/* What the codec knows of a packet. */
typedef struct {
    guint samples;    /* that it plays, at 48 kHz */
    gboolean has_fec; /* it can stand in for the one before */
    gboolean quiet;   /* nobody would miss it */
} TuttiJitterTraits;

typedef struct {
    guint64 packets, late, duplicates, lost, resets;
    guint delay_us;  /* what is played now waited so long, over the fastest packet's way */
    guint target_us; /* what the delay should be at least */
} TuttiJitterStats;

TuttiJitter *tutti_jitter_new (guint max_ms);
void tutti_jitter_free (TuttiJitter *jitter);

/* The packet's time_us is its arrival. Takes its own reference. */
void tutti_jitter_push (TuttiJitter *jitter, TuttiPacket *packet, const TuttiJitterTraits *traits);

/* Once a round, after the pushes: decides what is late, and when a pause ends. */
void tutti_jitter_settle (TuttiJitter *jitter, gint64 now_us, guint buffered);

TuttiJitterVerdict tutti_jitter_take (TuttiJitter *jitter, TuttiJitterPiece *piece);
/* What take() would give after `ahead` more of its kind, if that is a packet and so were they; else
 * NULL. Borrowed. samples (may be NULL): that it plays. */
const TuttiPacket *tutti_jitter_peek (TuttiJitter *jitter, guint ahead, guint *samples);

/* By how much the buffered samples should be shortened (> 0) or stretched (< 0), if possible, for
 * the delay to be what it should. Shortening by any part of it is good. */
int tutti_jitter_excess (TuttiJitter *jitter, guint buffered);

/* Sound is to be delayed by so much beyond what its own packets need (its picture comes late). */
void tutti_jitter_set_extra (TuttiJitter *jitter, gint64 extra_us);

/* The timestamp of what a round that begins now plays first, with so many samples before `next`,
 * and its stream. FALSE: nothing is played. */
gboolean tutti_jitter_get_position (TuttiJitter *jitter, guint buffered, guint32 *ssrc,
                                    guint32 *timestamp);

void tutti_jitter_get_stats (TuttiJitter *jitter, TuttiJitterStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiJitter, tutti_jitter_free)
