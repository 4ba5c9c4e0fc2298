/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ring.h: a video stream's packets by sequence number, whatever the order of their coming, and the
 * runs of one timestamp among them. Pure. Role: video.
 *
 *       next                    newest
 *   .....[x x x m][x x _ x m][x x]      m: marker; _: a hole
 */
#pragma once

#include <tutti/payload.h>

#include <tutti/packet.h>

/* Packets kept: a frame of the largest size in packets of a usual one, and as many behind it. */
#define TUTTI_RING_PACKETS_MAX 2048

typedef struct {
    TuttiPacket *packet; /* NULL: not there */
    TuttiPayload payload;
    gboolean is_filler; /* padding: fills its number */
} TuttiPlace;

typedef struct {
    gboolean has_stream;
    gint64 next, newest; /* unwrapped; all kept packets are from `next` to `newest` */
    guint n_old;         /* packets in a row from before `next` */
    guint64 dropped;
    TuttiPlace place[TUTTI_RING_PACKETS_MAX];
} TuttiRing;

typedef enum {
    TUTTI_RUN_COMPLETE, /* its last packet is there, and all before */
    TUTTI_RUN_HOLE,     /* a packet is missing, later ones are there */
    TUTTI_RUN_TAIL,     /* nothing later has come yet */
} TuttiRunState;

typedef struct {
    TuttiRunState state;
    gint64 end;        /* the last packet without a break */
    gint64 resumed_us; /* HOLE: when the packet behind it came */
    gint64 time_us;    /* when its first packet came */
    gsize bytes;
    guint8 parts; /* of all its payloads */
} TuttiRun;

void tutti_ring_init (TuttiRing *ring);
/* Drops all; the next push begins another stream. */
void tutti_ring_clear (TuttiRing *ring);

/* payload NULL: padding. FALSE: the numbers don't go on from those before: all was dropped but this
 * packet. */
gboolean tutti_ring_push (TuttiRing *ring, TuttiPacket *packet, const TuttiPayload *payload);

static inline TuttiPlace *
tutti_ring_place (TuttiRing *ring, gint64 seq)
{
    return &ring->place[seq % TUTTI_RING_PACKETS_MAX];
}

gboolean tutti_ring_has (TuttiRing *ring, gint64 seq);
/* The packets before seq, which is at most newest + 1. */
void tutti_ring_drop_until (TuttiRing *ring, gint64 seq);
/* When the first packet from `seq` on came; there is one. */
gint64 tutti_ring_resumed_us (TuttiRing *ring, gint64 seq);
/* The packets of one frame from `seq` on, which is there. */
TuttiRun tutti_ring_walk (TuttiRing *ring, gint64 seq);
