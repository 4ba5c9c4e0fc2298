/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rtp-fixture.h: two RTP sessions back to back over a link with loss, duplicates and reordering, on
 * a clock that the test moves.
 */
#pragma once

#include "leg/rtp-session.h"

#include <tutti/packet.h>

#define FIXTURE_OPUS 111
#define FIXTURE_RED 63
#define FIXTURE_VP8 96
#define FIXTURE_RTX 97
#define FIXTURE_MID_ID 4
#define FIXTURE_LEVEL_ID 1
#define FIXTURE_ROTATION_ID 3
#define FIXTURE_TRANSPORT_ID 5

/* One end's description: audio is mid "0", the camera mid "1". SSRCs: ssrc (audio), ssrc + 1
 * (video), ssrc + 2 (its RTX). */
TuttiSession *fixture_describe (guint32 ssrc);
TuttiMedia *fixture_video (TuttiSession *description);

typedef struct _FixtureLink FixtureLink;

typedef struct {
    FixtureLink *link;
    TuttiSession *description;
    TuttiRtpSession *session;
    TuttiQueue *in[TUTTI_N_TRACKS];
    TuttiWish *key_frame_wanted;
    TuttiSync *sync;
    guint64 rtp_packets, rtcp_packets, bytes; /* that it gave to the link */
    GByteArray *last_rtp, *last_rtcp;
} FixtureEnd;

struct _FixtureLink {
    FixtureEnd a, b;
    gint64 now_us;
    gint64 delay_us;        /* one way */
    gint64 jitter_us;       /* added at random: reorders */
    double loss, duplicate; /* of RTP and RTCP alike, 0 to 1 */
    guint rate_bps;         /* from a to b; 0: any */
    gint64 queue_us;        /* that waits there at most; more is lost */
    gint64 free_us;         /* when the last one has left it */
    GRand *random;
    GSequence *datagrams; /* under way, by time of arrival */
};

/* Sessions are made, not configured: change the descriptions, then fixture_link_configure(). */
FixtureLink *fixture_link_new (void);
void fixture_link_free (FixtureLink *link);
void fixture_link_configure (FixtureLink *link);
/* Moves the clock, delivering and ticking each millisecond. */
void fixture_link_run (FixtureLink *link, gint64 for_us);
/* The same without ticks, in one step. */
void fixture_link_deliver (FixtureLink *link, gint64 for_us);

/* A packet of `codec` whose payload begins with n. flags: TuttiPacketFlags. */
TuttiPacket *fixture_packet (TuttiCodec codec, guint32 n, guint8 flags, gint64 time_us);
guint32 fixture_packet_number (const TuttiPacket *packet);
void fixture_send (FixtureEnd *end, TuttiCodec codec, guint32 n, guint8 flags);

/* Statistics, a quarter of a second later. */
void fixture_get_stats (FixtureEnd *end, TuttiLegStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FixtureLink, fixture_link_free)
