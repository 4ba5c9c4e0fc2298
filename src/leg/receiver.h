/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * receiver.h: one track as it comes in: the stream's statistics, its RTX stream unwrapped (RFC
 * 4588), its gaps turned into NACKs. Pure. Role: net.
 *
 *   media packet -> reception -> gap? -> nack-list -> [collect: NACK to the peer]
 *   RTX packet   -> unwrap -> repaired -------^ removed
 */
#pragma once

#include "leg.h"
#include "nack-list.h"
#include "reception.h"
#include "rtp.h"

/* How long repairs are hoped for, whatever the way: where so many are lost that they take longer, a
 * key frame's packets are lost as well, but a second is the end of all patience. */
#define TUTTI_RECEIVER_PATIENCE_MIN_US 150000
#define TUTTI_RECEIVER_PATIENCE_MAX_US 1000000

typedef struct _TuttiReceiver TuttiReceiver;

typedef enum {
    TUTTI_RECEIVED_MEDIA, /* to be passed on, even if empty (padding): the decoder counts numbers */
    TUTTI_RECEIVED_REPAIR,    /* likewise; it came by RTX */
    TUTTI_RECEIVED_NOTHING,   /* a probe, a duplicate: counted, no more */
    TUTTI_RECEIVED_MALFORMED, /* an RTX packet that holds no original */
} TuttiReceived;

TuttiReceiver *tutti_receiver_new (guint rate_hz);
void tutti_receiver_free (TuttiReceiver *receiver);

/* A new stream begins on this SSRC. What was counted of the ones before stays counted. */
void tutti_receiver_start (TuttiReceiver *receiver, guint32 ssrc);
/* The stream ended (BYE) or left the description. */
void tutti_receiver_stop (TuttiReceiver *receiver);
gboolean tutti_receiver_is_started (const TuttiReceiver *receiver);
guint32 tutti_receiver_ssrc (const TuttiReceiver *receiver);

/* Whether gaps are asked for (feedback NACK was negotiated). */
void tutti_receiver_set_nack (TuttiReceiver *receiver, gboolean nack);

/* A packet on the stream's SSRC. */
TuttiReceived tutti_receiver_take (TuttiReceiver *receiver, const TuttiRtp *rtp, gint64 now_us);
/* A packet on its RTX SSRC: becomes the original: sequence number, SSRC, payload type, payload. */
TuttiReceived tutti_receiver_take_rtx (TuttiReceiver *receiver, TuttiRtp *rtp,
                                       guint8 original_payload_type, gint64 now_us);
/* A packet that came along within a later one (red.h). TRUE: it had not come yet, pass it on. */
gboolean tutti_receiver_take_redundant (TuttiReceiver *receiver, guint16 seq);
/* Counts a packet that was passed on. */
void tutti_receiver_count (TuttiReceiver *receiver, gsize payload_bytes);

/* A sender report on one of its SSRCs; others are not for it. */
void tutti_receiver_take_sr (TuttiReceiver *receiver, const TuttiRtcpSender *sender, gint64 now_us);

/* Nobody needs the packets before this one any more. */
void tutti_receiver_drop_until (TuttiReceiver *receiver, guint16 seq);
/* Sequence numbers to ask for now, into seqs[TUTTI_NACKS_MAX]. round_trip_us 0: not known. */
guint tutti_receiver_collect_nacks (TuttiReceiver *receiver, gint64 now_us, gint64 round_trip_us,
                                    guint16 *seqs);
gint64 tutti_receiver_nack_due_us (const TuttiReceiver *receiver);
/* How long after a packet was missed it may yet come: by the round trip, jitter and losses when
 * packets were last asked for. */
gint64 tutti_receiver_patience_us (const TuttiReceiver *receiver);
/* TRUE once after so many packets were lost that asking for them is no use. */
gboolean tutti_receiver_take_broken (TuttiReceiver *receiver);

/* At most two report blocks: the stream's and its RTX stream's. Gives how many. */
guint tutti_receiver_report (TuttiReceiver *receiver, gint64 now_us, TuttiRtcpBlock *blocks);

/* Counts key frame requests that went out. */
void tutti_receiver_count_pli (TuttiReceiver *receiver);
void tutti_receiver_get_stats (const TuttiReceiver *receiver, TuttiStreamStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiReceiver, tutti_receiver_free)
