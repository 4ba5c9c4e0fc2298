/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * receiver.c: see receiver.h.
 */
#include "receiver.h"

#include "bytes.h"

/* Beside the round trip an answer takes a tick of ours, the peer's pacer, and the jitter of the
 * way, of which a video stream's own bursts are no part. */
#define ANSWER_SLACK_US 10000
#define JITTER_MAX_US 30000
/* Weight of the last report interval's losses. */
#define LOSS_SHARE 4
/* Of 256. Where so many are lost, questions are as well: they are cheap, and asked twice. A peer
 * that got the first answers it only once within a round trip. */
#define REPEAT_LOSS 16
#define REPEAT_US 15000
#define OSN_BYTES 2 /* RFC 4588 section 4: the original sequence number leads the payload */

struct _TuttiReceiver {
    guint rate_hz;
    gboolean nack, broken;
    guint32 ssrc, rtx_ssrc;
    TuttiReception *media; /* NULL: not started */
    TuttiReception *rtx;   /* NULL: none came yet */
    TuttiNackList *nacks;
    guint64 lost_before; /* by streams that have ended */
    guint8 fraction_lost;
    guint loss; /* of 256, of the last seconds */
    gint64 patience_us;
    TuttiStreamStats stats; /* packets, bytes, nacks, rtx, red, plis */
};

/* How often a packet may have to be asked for, when both the question and the answer may get lost,
 * for less than one in 10000 to stay away: one frame in 3000. */
static guint
count_tries (guint loss)
{
    double lost = loss / 256.0, fails = 1 - (1 - lost) * (1 - lost), missing = lost * fails;
    guint tries;

    for (tries = 1; tries < TUTTI_NACK_TRIES_MAX && missing > 1 / 10000.0; tries++)
        missing *= fails;
    return tries;
}

static void
set_times (TuttiReceiver *receiver, gint64 round_trip_us)
{
    TuttiNackTimes times = {round_trip_us, TUTTI_NACK_RETRY_US, 0, 0};
    gint64 jitter_us = receiver->media ? tutti_reception_jitter_us (receiver->media) : 0;

    if (round_trip_us > 0)
        times.retry_us = round_trip_us * 11 / 10 + ANSWER_SLACK_US + MIN (jitter_us, JITTER_MAX_US);
    times.patience_us = tutti_nack_list_guard_us (receiver->nacks) +
                        times.retry_us * MAX (count_tries (receiver->loss), 2);
    times.patience_us =
        CLAMP (times.patience_us, TUTTI_RECEIVER_PATIENCE_MIN_US, TUTTI_RECEIVER_PATIENCE_MAX_US);
    if (receiver->loss >= REPEAT_LOSS && times.retry_us > 2 * REPEAT_US)
        times.repeat_us = REPEAT_US;
    receiver->patience_us = times.patience_us;
    tutti_nack_list_set_times (receiver->nacks, &times);
}

/* What is missing between the highest number before this packet and it. */
static void
note_gap (TuttiReceiver *receiver, guint64 highest_before, guint64 ext, gint64 now_us)
{
    if (ext <= highest_before)
        receiver->stats.rtx += tutti_nack_list_remove (receiver->nacks, ext, now_us) ? 1 : 0;
    else if (ext - highest_before > 1 &&
             !tutti_nack_list_add (receiver->nacks, highest_before + 1, ext - 1, now_us))
        receiver->broken = TRUE;
}

static void
note_arrival (TuttiReceiver *receiver, TuttiArrival arrival, const guint64 numbers[2],
              gint64 now_us)
{
    if (!receiver->nack)
        return;
    if (arrival == TUTTI_ARRIVAL_RESTARTED) {
        tutti_nack_list_clear (receiver->nacks);
        receiver->broken = TRUE;
    } else if (arrival == TUTTI_ARRIVAL_NEW && numbers[0] != 0) {
        note_gap (receiver, numbers[0], numbers[1], now_us);
    }
}

TuttiReceiver *
tutti_receiver_new (guint rate_hz)
{
    TuttiReceiver *receiver = g_new0 (TuttiReceiver, 1);

    receiver->rate_hz = rate_hz;
    receiver->nacks = tutti_nack_list_new ();
    return receiver;
}

void
tutti_receiver_free (TuttiReceiver *receiver)
{
    if (receiver == NULL)
        return;
    tutti_receiver_stop (receiver);
    tutti_nack_list_free (receiver->nacks);
    g_free (receiver);
}

void
tutti_receiver_start (TuttiReceiver *receiver, guint32 ssrc)
{
    tutti_receiver_stop (receiver);
    receiver->ssrc = ssrc;
    receiver->media = tutti_reception_new (receiver->rate_hz);
}

void
tutti_receiver_stop (TuttiReceiver *receiver)
{
    if (receiver->media != NULL)
        receiver->lost_before += tutti_reception_lost (receiver->media);
    g_clear_pointer (&receiver->media, tutti_reception_free);
    g_clear_pointer (&receiver->rtx, tutti_reception_free);
    tutti_nack_list_clear (receiver->nacks);
    receiver->broken = FALSE;
}

gboolean
tutti_receiver_is_started (const TuttiReceiver *receiver)
{
    return receiver->media != NULL;
}

guint32
tutti_receiver_ssrc (const TuttiReceiver *receiver)
{
    return receiver->ssrc;
}

void
tutti_receiver_set_nack (TuttiReceiver *receiver, gboolean nack)
{
    receiver->nack = nack;
    if (!nack)
        tutti_nack_list_clear (receiver->nacks);
}

TuttiReceived
tutti_receiver_take (TuttiReceiver *receiver, const TuttiRtp *rtp, gint64 now_us)
{
    guint64 numbers[2] = {tutti_reception_highest (receiver->media), 0};
    TuttiArrival arrival = tutti_reception_take (receiver->media, rtp->seq, &numbers[1]);

    if (arrival != TUTTI_ARRIVAL_NEW && arrival != TUTTI_ARRIVAL_RESTARTED)
        return TUTTI_RECEIVED_NOTHING;
    note_arrival (receiver, arrival, numbers, now_us);
    if (numbers[1] > numbers[0])
        tutti_reception_take_time (receiver->media, rtp->timestamp, now_us);
    return TUTTI_RECEIVED_MEDIA;
}

TuttiReceived
tutti_receiver_take_rtx (TuttiReceiver *receiver, TuttiRtp *rtp, guint8 original_payload_type,
                         gint64 now_us)
{
    guint64 ext;

    if (receiver->media == NULL)
        return TUTTI_RECEIVED_NOTHING;
    if (receiver->rtx == NULL || receiver->rtx_ssrc != rtp->ssrc) {
        tutti_reception_free (receiver->rtx);
        receiver->rtx = tutti_reception_new (receiver->rate_hz);
        receiver->rtx_ssrc = rtp->ssrc;
    }
    if (tutti_reception_take (receiver->rtx, rtp->seq, NULL) == TUTTI_ARRIVAL_DUPLICATE)
        return TUTTI_RECEIVED_NOTHING;
    if (rtp->payload_bytes == 0) /* a bandwidth probe: padding only */
        return TUTTI_RECEIVED_NOTHING;
    if (rtp->payload_bytes < OSN_BYTES)
        return TUTTI_RECEIVED_MALFORMED;
    rtp->seq = tutti_get_u16 (rtp->payload);
    rtp->ssrc = receiver->ssrc;
    rtp->payload_type = original_payload_type;
    rtp->payload += OSN_BYTES;
    rtp->payload_bytes -= OSN_BYTES;
    if (tutti_reception_take_repaired (receiver->media, rtp->seq, &ext) != TUTTI_ARRIVAL_NEW)
        return TUTTI_RECEIVED_NOTHING;
    tutti_nack_list_remove_repaired (receiver->nacks, ext);
    receiver->stats.rtx++;
    return TUTTI_RECEIVED_REPAIR;
}

gboolean
tutti_receiver_take_redundant (TuttiReceiver *receiver, guint16 seq)
{
    guint64 ext;

    if (tutti_reception_take_repaired (receiver->media, seq, &ext) != TUTTI_ARRIVAL_NEW)
        return FALSE;
    tutti_nack_list_remove_repaired (receiver->nacks, ext);
    receiver->stats.red++;
    return TRUE;
}

void
tutti_receiver_count (TuttiReceiver *receiver, gsize payload_bytes)
{
    receiver->stats.packets++;
    receiver->stats.bytes += payload_bytes;
}

void
tutti_receiver_take_sr (TuttiReceiver *receiver, const TuttiRtcpSender *sender, gint64 now_us)
{
    if (receiver->media != NULL && sender->ssrc == receiver->ssrc)
        tutti_reception_take_sr (receiver->media, sender->ntp, now_us);
    else if (receiver->rtx != NULL && sender->ssrc == receiver->rtx_ssrc)
        tutti_reception_take_sr (receiver->rtx, sender->ntp, now_us);
}

void
tutti_receiver_drop_until (TuttiReceiver *receiver, guint16 seq)
{
    guint64 highest;

    if (receiver->media == NULL)
        return;
    highest = tutti_reception_highest (receiver->media);
    tutti_nack_list_drop_until (receiver->nacks,
                                highest + (guint64)(gint64)(gint16)(seq - (guint16)highest));
}

guint
tutti_receiver_collect_nacks (TuttiReceiver *receiver, gint64 now_us, gint64 round_trip_us,
                              guint16 *seqs)
{
    guint n_seqs;

    if (now_us < tutti_nack_list_due_us (receiver->nacks))
        return 0;
    set_times (receiver, round_trip_us);
    n_seqs = tutti_nack_list_collect (receiver->nacks, now_us, seqs);
    receiver->stats.nacks += n_seqs;
    return n_seqs;
}

gint64
tutti_receiver_nack_due_us (const TuttiReceiver *receiver)
{
    return tutti_nack_list_due_us (receiver->nacks);
}

gint64
tutti_receiver_patience_us (const TuttiReceiver *receiver)
{
    return receiver->patience_us;
}

gboolean
tutti_receiver_take_broken (TuttiReceiver *receiver)
{
    gboolean broken = receiver->broken;

    receiver->broken = FALSE;
    return broken;
}

guint
tutti_receiver_report (TuttiReceiver *receiver, gint64 now_us, TuttiRtcpBlock *blocks)
{
    guint n_blocks = 0;

    if (receiver->media != NULL && tutti_reception_report (receiver->media, now_us, &blocks[0])) {
        blocks[0].ssrc = receiver->ssrc;
        receiver->fraction_lost = blocks[0].fraction_lost;
        receiver->loss = (receiver->loss * (LOSS_SHARE - 1) + receiver->fraction_lost) / LOSS_SHARE;
        n_blocks = 1;
    }
    if (receiver->rtx != NULL && tutti_reception_report (receiver->rtx, now_us, &blocks[n_blocks]))
        blocks[n_blocks++].ssrc = receiver->rtx_ssrc;
    return n_blocks;
}

void
tutti_receiver_count_pli (TuttiReceiver *receiver)
{
    receiver->stats.plis++;
}

void
tutti_receiver_get_stats (const TuttiReceiver *receiver, TuttiStreamStats *stats)
{
    *stats = receiver->stats;
    stats->lost = receiver->lost_before;
    stats->fraction_lost = receiver->fraction_lost;
    if (receiver->media != NULL) {
        stats->lost += tutti_reception_lost (receiver->media);
        stats->jitter_us = tutti_reception_jitter_us (receiver->media);
    }
}
