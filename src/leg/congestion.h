/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * congestion.h: what one leg's way to its peer carries, estimated at our end
 * (draft-ietf-rmcat-gcc-02, with probing): from when its packets arrived, as transport-wide
 * feedback tells, and from what was lost; by the peer's REMB where there is no such feedback. Pure;
 * time is given. Role: net.
 *
 *   take_sent -> sent-log -+                 +-> arrival gradient (trend) -> rate control --+
 *   take_feedback ---------+-> arrivals -----+-> acknowledged rate                          +->
 * least take_loss (RR), take_remb -------------- +-> loss control ------------------------------+
 *                                            +-> probe results
 *
 * The estimate never falls because there is little to send: it falls when a queue grows or packets
 * are lost that would not be lost at a lower rate (loss that a lower rate doesn't cure is the
 * link's own, as on radio, and is lived with).
 */
#pragma once

#include "rtcp.h"

typedef struct _TuttiCongestion TuttiCongestion;

/* Sound alone, with its headers, takes this much: below, an estimate decides nothing. */
#define TUTTI_CONGESTION_MIN_BPS 40000
/* Before anything is known: a home link carries it, and the first probes settle it within a few
 * hundred milliseconds. */
#define TUTTI_CONGESTION_START_BPS 1000000
#define TUTTI_CONGESTION_MAX_BPS 50000000

TuttiCongestion *tutti_congestion_new (void);
void tutti_congestion_free (TuttiCongestion *congestion);

/* What would be sent if it could be: probing aims at this, and stops when the estimate holds it. 0:
 * no probing. */
void tutti_congestion_set_wanted (TuttiCongestion *congestion, guint bitrate_bps);

/* A packet leaves: gives its transport-wide sequence number. probe: TuttiProbe.id, or 0. bytes:
 * with IP and UDP headers, as the link sees it. */
guint16 tutti_congestion_take_sent (TuttiCongestion *congestion, gsize bytes, guint probe,
                                    gint64 now_us);

/* A transport-wide feedback message (draft-holmer-rmcat-transport-wide-cc-extensions-01 section
 * 3.1). FALSE: malformed; what could be read before counts. */
gboolean tutti_congestion_take_feedback (TuttiCongestion *congestion,
                                         const TuttiRtcpFeedback *feedback, gint64 now_us);
/* Where there has been no transport-wide feedback for two seconds: the estimate is the peer's. */
void tutti_congestion_take_remb (TuttiCongestion *congestion, guint bitrate_bps, gint64 now_us);
/* fraction_lost: of 256, of a report block about one of our streams. Counts only while neither
 * transport-wide feedback nor REMB has ever come: the estimate then begins at
 * TUTTI_CONGESTION_START_BPS, climbs by 8 % a second up to what is wanted while less than 2 % are
 * lost, and falls while more than 10 % are. */
void tutti_congestion_take_loss (TuttiCongestion *congestion, guint8 fraction_lost, gint64 now_us);
void tutti_congestion_take_round_trip (TuttiCongestion *congestion, guint round_trip_us);
/* The way changed (another address): all that was known is forgotten. */
void tutti_congestion_reset (TuttiCongestion *congestion, gint64 now_us);

/* Time passes: feedback that stays away, probes. Gives when it should be called again (absolute;
 * G_MAXINT64: needn't be). Cheap: call it after each burst of packets as well. */
gint64 tutti_congestion_tick (TuttiCongestion *congestion, gint64 now_us);

/* A burst that is wanted now: so many packets and bytes at least, at this rate, whatever is there
 * to be sent first and padding for the rest. It stays wanted until taken_sent() counted it whole,
 * or its time is over. */
typedef struct {
    guint id; /* not 0 */
    guint rate_bps;
    guint bytes_left;
} TuttiProbe;

gboolean tutti_congestion_get_probe (TuttiCongestion *congestion, TuttiProbe *probe, gint64 now_us);

typedef struct {
    guint estimate_bps;    /* 0: neither feedback nor REMB nor a report has come yet */
    guint acked_bps;       /* what arrived, over the last half second; 0: not known */
    guint link_queue_us;   /* how much longer than the shortest packets take on their way now */
    guint loss_permille;   /* of what was sent, by feedback, of late */
    gboolean overused;     /* a queue is growing now */
    gboolean has_feedback; /* transport-wide: the rest goes by that */
} TuttiCongestionState;

void tutti_congestion_get_state (const TuttiCongestion *congestion, TuttiCongestionState *state);

/* How fast the pacer may send: above the estimate, so that it adds no delay where the link doesn't
 * (a key frame is a burst), but at the estimate while a queue drains. */
guint tutti_congestion_get_pacing_bps (const TuttiCongestion *congestion);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiCongestion, tutti_congestion_free)
