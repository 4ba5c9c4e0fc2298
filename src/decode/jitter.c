/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * jitter.c: order, gaps and delay of one voice's packets; see jitter.h for the picture. Role:
 * audio.
 *
 * All delay is measured against the fastest packet of the last seconds (arrivals.h): what is played
 * at a round waited `delay`; the newest packet that a round needs had `slack` to be late. Slack
 * comes in steps of a packet (at most a round): packets enter whole. It should be at least the
 * target; one step more than needed is too much.
 */
#include "jitter.h"
#include "arrivals.h"
#include "sequence.h"

#include <string.h>

/* Even on a quiet path threads are woken late: below this, each such moment would be heard. */
#define TARGET_MIN_US 3000
/* Until a stream has shown how it comes. */
#define TARGET_START_US 10000
#define ARRIVALS_TO_KNOW 10
/* Spread is measured, not foreseen: a little more than seen, and a little more again before
 * shrinking, so that shrinking and growing never take turns. */
#define MARGIN_US 2000
#define HYSTERESIS_US 1000
/* Share of lost packets from which a packet's time is spent to have the next one's FEC at hand. */
#define FEC_LOSS_MIN 0.01f
#define LOSS_MEMORY 0.01f

typedef struct {
    TuttiPacket *packet;
    gint64 seq, start; /* start: timestamp; both unwrapped */
    guint samples;
} Entry;

struct _TuttiJitter {
    gint64 max_us, extra_us;
    TuttiArrivals arrivals;
    TuttiJitterStats stats;

    TuttiSequence sequence;

    guint n_entries; /* in order of seq */
    Entry entry[TUTTI_JITTER_PACKETS_MAX];

    /* the stream as it is played */
    gboolean is_playing, is_fresh, has_played, has_fec;
    gint64 now_us, next, played_seq;
    guint owed, concealed; /* concealed: without a break, up to now */
    guint step;            /* of slack: a packet, at most a round */
    float loss;
};

static gint64
to_us (gint64 samples)
{
    return samples * G_USEC_PER_SEC / TUTTI_RATE_HZ;
}

static gint64
to_samples (gint64 us)
{
    return us * TUTTI_RATE_HZ / G_USEC_PER_SEC;
}

static void
remove_entry (TuttiJitter *jitter, guint at)
{
    jitter->n_entries--;
    memmove (&jitter->entry[at], &jitter->entry[at + 1], (jitter->n_entries - at) * sizeof (Entry));
}

static void
drop_first (TuttiJitter *jitter)
{
    tutti_packet_unref (jitter->entry[0].packet);
    remove_entry (jitter, 0);
    jitter->stats.late++;
}

static void
restart (TuttiJitter *jitter)
{
    while (jitter->n_entries > 0) {
        tutti_packet_unref (jitter->entry[--jitter->n_entries].packet);
        jitter->stats.late++;
    }
    tutti_arrivals_clear (&jitter->arrivals);
    jitter->is_fresh = TRUE;
    jitter->is_playing = jitter->has_played = FALSE;
    jitter->owed = 0;
}

/* Where the packet belongs. FALSE: nowhere. */
static gboolean
find_place (TuttiJitter *jitter, const TuttiPacket *packet, gint64 *seq, gint64 *begin)
{
    gboolean had_stream = jitter->sequence.has_stream;

    switch (tutti_sequence_take (&jitter->sequence, packet, seq, begin)) {
    case TUTTI_SEQUENCE_RESTART:
        restart (jitter);
        jitter->stats.resets += had_stream;
        return TRUE;
    case TUTTI_SEQUENCE_NEW:
        return TRUE;
    case TUTTI_SEQUENCE_DUPLICATE:
        jitter->stats.duplicates++;
        return FALSE;
    default:
        jitter->stats.late++;
        return FALSE;
    }
}

static void
insert (TuttiJitter *jitter, const Entry *entry)
{
    guint at;

    if (jitter->n_entries == TUTTI_JITTER_PACKETS_MAX)
        drop_first (jitter);
    for (at = jitter->n_entries; at > 0 && jitter->entry[at - 1].seq > entry->seq; at--)
        jitter->entry[at] = jitter->entry[at - 1];
    jitter->entry[at] = *entry;
    jitter->n_entries++;
    tutti_packet_ref (entry->packet);
}

static gint64
target (TuttiJitter *jitter)
{
    gint64 us = (gint64)tutti_arrivals_spread_us (&jitter->arrivals) + MARGIN_US;

    us = MAX (us, jitter->arrivals.n < ARRIVALS_TO_KNOW ? TARGET_START_US : TARGET_MIN_US);
    if (jitter->has_fec && jitter->loss > FEC_LOSS_MIN)
        us = MAX (us, TARGET_MIN_US + to_us (jitter->step));
    return MIN (us + jitter->extra_us, jitter->max_us);
}

/* How long a sample that would be played now has waited, over the fastest way. */
static gint64
delay_of (TuttiJitter *jitter, gint64 sample)
{
    return jitter->now_us - to_us (sample) - tutti_arrivals_base_us (&jitter->arrivals);
}

/* phase: how far into the round the next packet begins. */
static gint64
slack_of (TuttiJitter *jitter, gint64 sample, guint phase)
{
    return delay_of (jitter, sample) - to_us (phase + TUTTI_ROUND_SAMPLES - jitter->step);
}

static gint64
slack (TuttiJitter *jitter, guint buffered)
{
    return slack_of (jitter, jitter->next + jitter->owed - buffered, buffered % jitter->step);
}

/* At the start of talk what waited longer than need be (in the queue, while nobody listened) would
 * only be delay from then on. */
static gboolean
is_stale (TuttiJitter *jitter)
{
    if (delay_of (jitter, jitter->entry[0].start) > jitter->max_us)
        return TRUE;
    return jitter->n_entries > 1 &&
           slack_of (jitter, jitter->entry[1].start, 0) >= target (jitter) + HYSTERESIS_US;
}

static void
start (TuttiJitter *jitter)
{
    const Entry *first = &jitter->entry[0];

    while (jitter->n_entries > 0 && is_stale (jitter))
        drop_first (jitter);
    if (jitter->n_entries == 0)
        return;
    jitter->step = MIN (first->samples, TUTTI_ROUND_SAMPLES);
    if (slack_of (jitter, first->start, 0) < target (jitter))
        return;
    jitter->is_playing = TRUE;
    jitter->next = first->start;
    jitter->owed = jitter->concealed = 0;
}

static void
count_loss (TuttiJitter *jitter)
{
    jitter->stats.lost++;
    jitter->loss += LOSS_MEMORY * (1 - jitter->loss);
}

/* TRUE: packets are missing before the first one kept; FALSE: the sender made a pause (DTX). */
static gboolean
is_loss (TuttiJitter *jitter)
{
    return jitter->entry[0].seq != jitter->played_seq + 1;
}

/* What was made up for packets unknown stays in their place, but for the part by which the buffer
 * should be longer anyway. */
static void
settle_owed (TuttiJitter *jitter, guint buffered)
{
    gint64 lacking = to_samples (target (jitter) - slack (jitter, buffered));
    guint step = jitter->step;

    if (lacking > 0 && jitter->n_entries > 0)
        jitter->owed -= (guint)MIN (jitter->owed, (lacking + step - 1) / step * step);
    while (jitter->owed > 0 && jitter->n_entries > 0) {
        const Entry *first = &jitter->entry[0];
        gint64 hole = first->start - jitter->next;
        guint gone = (guint)MIN (hole > 0 ? hole : first->samples, (gint64)jitter->owed);

        if (hole <= 0 && gone < first->samples) {
            jitter->owed = 0;
            return;
        }
        if (hole <= 0) {
            jitter->played_seq = first->seq;
            drop_first (jitter);
        } else if (is_loss (jitter)) {
            count_loss (jitter);
        }
        jitter->next += gone;
        jitter->owed -= gone;
    }
}

/* A buffer beyond its limit (the base fell: packets come faster than they used to). */
static void
drop_excess (TuttiJitter *jitter, guint buffered)
{
    while (jitter->n_entries > 0 &&
           delay_of (jitter, jitter->next - buffered) > jitter->max_us + to_us (jitter->step)) {
        jitter->next = jitter->entry[0].start + jitter->entry[0].samples;
        jitter->played_seq = jitter->entry[0].seq;
        drop_first (jitter);
    }
}

static TuttiJitterVerdict
fall_silent (TuttiJitter *jitter)
{
    jitter->next += jitter->owed;
    jitter->owed = 0;
    jitter->is_playing = FALSE;
    return TUTTI_JITTER_IDLE;
}

static TuttiJitterVerdict
take_packet (TuttiJitter *jitter, TuttiJitterPiece *piece)
{
    Entry first = jitter->entry[0];

    remove_entry (jitter, 0);
    jitter->loss -= jitter->loss * LOSS_MEMORY;
    jitter->next = first.start + first.samples;
    jitter->played_seq = first.seq;
    jitter->step = MIN (first.samples, TUTTI_ROUND_SAMPLES);
    jitter->concealed = 0;
    *piece = (TuttiJitterPiece){first.packet, first.samples, jitter->is_fresh};
    jitter->is_fresh = FALSE;
    jitter->has_played = TRUE;
    return TUTTI_JITTER_PACKET;
}

/* A hole of which the end is known: lost packets, or a pause of the sender (DTX) when no number is
 * missing. */
static TuttiJitterVerdict
take_hole (TuttiJitter *jitter, guint hole, TuttiJitterPiece *piece)
{
    const Entry *first = &jitter->entry[0];
    gboolean is_last = hole <= first->samples;

    *piece = (TuttiJitterPiece){NULL, is_last ? hole : MIN (hole, jitter->step), FALSE};
    if (is_loss (jitter)) {
        count_loss (jitter);
        piece->packet = is_last ? first->packet : NULL;
    }
    jitter->next += piece->samples;
    jitter->concealed += piece->samples;
    return TUTTI_JITTER_LOST;
}

TuttiJitter *
tutti_jitter_new (guint max_ms)
{
    TuttiJitter *jitter = g_new0 (TuttiJitter, 1);

    jitter->max_us = MIN (max_ms, TUTTI_JITTER_MAX_MS) * (gint64)TUTTI_USEC_PER_MSEC;
    jitter->max_us = MAX (jitter->max_us, TUTTI_ROUND_US);
    jitter->step = TUTTI_ROUND_SAMPLES;
    tutti_arrivals_clear (&jitter->arrivals);
    return jitter;
}

void
tutti_jitter_free (TuttiJitter *jitter)
{
    if (!jitter)
        return;
    while (jitter->n_entries > 0)
        tutti_packet_unref (jitter->entry[--jitter->n_entries].packet);
    g_free (jitter);
}

void
tutti_jitter_push (TuttiJitter *jitter, TuttiPacket *packet, guint samples, gboolean has_fec)
{
    gint64 seq, begin;

    jitter->stats.packets++;
    if (!find_place (jitter, packet, &seq, &begin))
        return;
    jitter->has_fec = has_fec;
    if (!(packet->flags & TUTTI_PACKET_RECOVERED))
        tutti_arrivals_add (&jitter->arrivals, packet->time_us, to_us (begin));
    if (jitter->has_played && (seq <= jitter->played_seq || begin + samples <= jitter->next)) {
        jitter->stats.late++;
        return;
    }
    insert (jitter, &(Entry){packet, seq, begin, samples});
}

void
tutti_jitter_settle (TuttiJitter *jitter, gint64 now_us, guint buffered)
{
    jitter->now_us = now_us;
    if (jitter->is_playing) {
        settle_owed (jitter, buffered);
        drop_excess (jitter, buffered);
    } else if (buffered == 0) {
        start (jitter);
    }
    jitter->stats.target_us = (guint)target (jitter);
    jitter->stats.delay_us =
        jitter->is_playing
            ? (guint)MAX (delay_of (jitter, jitter->next + jitter->owed - buffered), 0)
            : 0;
}

TuttiJitterVerdict
tutti_jitter_take (TuttiJitter *jitter, TuttiJitterPiece *piece)
{
    gint64 hole;

    if (!jitter->is_playing)
        return TUTTI_JITTER_IDLE;
    if (jitter->n_entries > 0 && jitter->owed == 0) {
        hole = jitter->entry[0].start - jitter->next;
        if (hole <= 0)
            return take_packet (jitter, piece);
        if (jitter->concealed < TUTTI_JITTER_MUTE_SAMPLES)
            return take_hole (jitter, (guint)MIN (hole, G_MAXINT), piece);
    }
    if (jitter->concealed >= TUTTI_JITTER_MUTE_SAMPLES)
        return fall_silent (jitter);
    *piece = (TuttiJitterPiece){NULL, jitter->step, FALSE};
    jitter->owed += jitter->step;
    jitter->concealed += jitter->step;
    return TUTTI_JITTER_UNKNOWN;
}

const TuttiPacket *
tutti_jitter_peek (TuttiJitter *jitter)
{
    if (!jitter->is_playing || jitter->n_entries == 0 || jitter->owed > 0 ||
        jitter->entry[0].start > jitter->next)
        return NULL;
    return jitter->entry[0].packet;
}

int
tutti_jitter_excess (TuttiJitter *jitter, guint buffered)
{
    gint64 over, step_us = to_us (jitter->step);
    int phase = (int)(buffered % jitter->step), step = (int)jitter->step;

    if (!jitter->is_playing || jitter->concealed > 0)
        return 0;
    over = slack (jitter, buffered) - target (jitter);
    if (over < 0)
        return phase - step * (int)((-over + step_us - 1) / step_us);
    over -= HYSTERESIS_US;
    return over < 0 ? 0 : phase + step * (int)(over / step_us);
}

void
tutti_jitter_set_extra (TuttiJitter *jitter, gint64 extra_us)
{
    jitter->extra_us = extra_us;
}

gboolean
tutti_jitter_get_position (TuttiJitter *jitter, guint buffered, guint32 *ssrc, guint32 *timestamp)
{
    if (!jitter->is_playing)
        return FALSE;
    *ssrc = jitter->sequence.ssrc;
    *timestamp = (guint32)(jitter->next + jitter->owed - buffered);
    return TRUE;
}

void
tutti_jitter_get_stats (TuttiJitter *jitter, TuttiJitterStats *stats)
{
    *stats = jitter->stats;
}
