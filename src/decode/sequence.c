/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sequence.c: see sequence.h. Role: audio.
 */
#include "sequence.h"

/* RFC 3550 appendix A.1: MAX_DROPOUT, MAX_MISORDER. */
#define DROPOUT_MAX 3000
#define MISORDER_MAX 100
/* A packet of which timestamp and arrival disagree more than this with the one before starts
 * another time line (the sender changed its source). */
#define JUMP_US G_USEC_PER_SEC
/* Bits of `seen`: older ones are taken for duplicates. */
#define SEEN_MAX 64

static gboolean
is_in_line (gint64 ahead)
{
    return ahead <= DROPOUT_MAX && ahead >= -MISORDER_MAX;
}

static gboolean
is_other_time (const TuttiSequence *sequence, const TuttiPacket *packet, gint64 start)
{
    gint64 media_us = (start - sequence->start) * G_USEC_PER_SEC / TUTTI_RATE_HZ;

    return ABS (media_us - (packet->time_us - sequence->arrival_us)) > JUMP_US;
}

static TuttiSequenceVerdict
restart (TuttiSequence *sequence, const TuttiPacket *packet, gint64 *seq, gint64 *start)
{
    *sequence = (TuttiSequence){.has_stream = TRUE,
                                .ssrc = packet->ssrc,
                                .seq = packet->seq,
                                .start = packet->timestamp,
                                .arrival_us = packet->time_us,
                                .seen = 1,
                                .odd_seq = -1};
    *seq = sequence->seq;
    *start = sequence->start;
    return TUTTI_SEQUENCE_RESTART;
}

static gboolean
is_seen (const TuttiSequence *sequence, gint64 ahead)
{
    return ahead <= 0 && (-ahead >= SEEN_MAX || sequence->seen >> -ahead & 1);
}

static void
advance (TuttiSequence *sequence, const TuttiPacket *packet, gint64 ahead, gint64 start)
{
    sequence->seen = ahead < SEEN_MAX ? sequence->seen << ahead | 1 : 1;
    sequence->seq += ahead;
    sequence->start = start;
    sequence->arrival_us = packet->time_us;
}

gboolean
tutti_sequence_has (const TuttiSequence *sequence, gint64 seq)
{
    return is_seen (sequence, seq - sequence->seq);
}

TuttiSequenceVerdict
tutti_sequence_take (TuttiSequence *sequence, const TuttiPacket *packet, gint64 *seq, gint64 *start)
{
    gint64 ahead, begin;

    if (!sequence->has_stream || packet->ssrc != sequence->ssrc)
        return restart (sequence, packet, seq, start);
    ahead = (gint16)(packet->seq - (guint16)sequence->seq);
    begin = sequence->start + (gint32)(packet->timestamp - (guint32)sequence->start);
    if (!is_in_line (ahead)) {
        if (packet->seq == sequence->odd_seq)
            return restart (sequence, packet, seq, start);
        sequence->odd_seq = (guint16)(packet->seq + 1);
        return TUTTI_SEQUENCE_STRAY;
    }
    if (is_seen (sequence, ahead))
        return TUTTI_SEQUENCE_DUPLICATE;
    if (ahead > 0 && !(packet->flags & TUTTI_PACKET_RECOVERED) &&
        is_other_time (sequence, packet, begin))
        return restart (sequence, packet, seq, start);
    *seq = sequence->seq + ahead;
    *start = begin;
    if (ahead > 0)
        advance (sequence, packet, ahead, begin);
    else
        sequence->seen |= G_GUINT64_CONSTANT (1) << -ahead;
    return TUTTI_SEQUENCE_NEW;
}
