/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * downlink.h: what one leg sends to its peer, and how fast: the estimate of what the way carries
 * (congestion.h) decides when packets leave (pacer.h), which of the temporal layers (layers.h), and
 * what is told to the room. Pure; time is given.
 *
 *   sound ------------------------------------------------> sender -> stamp -> output
 *   pictures -> layers.count -> pacer -> layers.pass -----> sender -> stamp -> output
 *   NACK ---------------------> pacer ------------> sender's history -> stamp -> output
 *   feedback, REMB, reports -> congestion -> rate of the pacer, room for layers, probes
 *
 * Role: net, except where said.
 */
#pragma once

#include <tutti/port.h>

#include "leg.h"
#include "sender.h"

typedef struct _TuttiDownlink TuttiDownlink;

typedef struct {
    TuttiSender *senders[2];     /* by TuttiKind; borrowed */
    TuttiWish *key_frame_wanted; /* borrowed; may be NULL */
    /* A whole RTP packet, TUTTI_SRTP_TRAILER_BYTES of room behind it; valid for the call. */
    void (*output) (guint8 *data, gsize length_bytes, TuttiKind kind, gint64 now_us,
                    gpointer user_data);
    /* The way carries so much now; 0: not known (again). Told when it changed by a twentieth, and
     * at most each TUTTI_DOWNLINK_NEWS_US, unless it fell. May be NULL. */
    void (*estimate) (guint bitrate_bps, gpointer user_data);
    gpointer user_data;
} TuttiDownlinkSetup;

#define TUTTI_DOWNLINK_NEWS_US (100 * G_TIME_SPAN_MILLISECOND)

TuttiDownlink *tutti_downlink_new (const TuttiDownlinkSetup *setup);
void tutti_downlink_free (TuttiDownlink *downlink);

/* The senders were configured anew. */
void tutti_downlink_reconfigure (TuttiDownlink *downlink);

/* Sound leaves at once, a picture's packet when there is room. */
void tutti_downlink_send (TuttiDownlink *downlink, TuttiPacket *packet, gint64 now_us);
/* The peer asks for a packet again, or for a key frame. */
void tutti_downlink_send_again (TuttiDownlink *downlink, guint16 seq, gint64 now_us);
void tutti_downlink_ask_key_frame (TuttiDownlink *downlink, gint64 now_us);

/* What the peer tells of the way. FALSE: malformed. */
gboolean tutti_downlink_take_feedback (TuttiDownlink *downlink, const TuttiRtcpFeedback *feedback,
                                       gint64 now_us);
void tutti_downlink_take_remb (TuttiDownlink *downlink, guint bitrate_bps, gint64 now_us);
void tutti_downlink_take_loss (TuttiDownlink *downlink, TuttiKind kind, guint8 fraction_lost,
                               gint64 now_us);
void tutti_downlink_take_round_trip (TuttiDownlink *downlink, guint round_trip_us);
/* The way changed (another address): all that was known of it is forgotten. */
void tutti_downlink_reset (TuttiDownlink *downlink, gint64 now_us);

/* Gives when to call again (absolute). */
gint64 tutti_downlink_tick (TuttiDownlink *downlink, gint64 now_us);
/* After packets were sent: when to call tick() again; up to now_us: at once. */
gint64 tutti_downlink_get_due (const TuttiDownlink *downlink, gint64 now_us);

/* What would be sent if it could be; 0: nothing is probed. Any thread. */
void tutti_downlink_set_wanted (TuttiDownlink *downlink, guint bitrate_bps);

/* Fills remb_bps and what follows it, up to layer. */
void tutti_downlink_get_stats (TuttiDownlink *downlink, gint64 now_us, TuttiLegStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiDownlink, tutti_downlink_free)
