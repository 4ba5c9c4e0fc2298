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
/* Talk that waited longer than it had to is played and then shortened, but not more of it than
 * this: half a second of hurried words is worse than their loss. */
#define CATCH_UP_US 120000

typedef struct {
    TuttiPacket *packet;
    gint64 seq, start; /* start: timestamp; both unwrapped */
    TuttiJitterTraits traits;
} Entry;

struct _TuttiJitter {
    gint64 max_us, extra_us;
    TuttiArrivals arrivals;
    TuttiJitterStats stats;

    TuttiSequence sequence;

    guint n_entries; /* in order of seq */
    Entry entry[TUTTI_JITTER_PACKETS_MAX];

    /* the stream as it is played */
    gboolean is_playing, is_fresh, has_played, is_after_pause;
    gint64 now_us, next, first_seq, played_seq;
    guint owed, concealed; /* concealed: without a break, up to now */
    guint step;            /* of slack: a packet, at most a round */
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
        jitter->first_seq = *seq;
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

/* A repair is an arrival like any other, when it comes and if it is needed: what RED brings is a
 * packet by itself; FEC of one that is missing comes with the next. So the target leaves them time
 * where losses are many, and none where they are few. */
static void
note_arrival (TuttiJitter *jitter, const Entry *entry)
{
    gint64 arrival_us = entry->packet->time_us;

    tutti_arrivals_add (&jitter->arrivals, arrival_us, to_us (entry->start));
    if (entry->traits.has_fec && entry->seq - 1 > jitter->first_seq &&
        !tutti_sequence_has (&jitter->sequence, entry->seq - 1))
        tutti_arrivals_add (&jitter->arrivals, arrival_us,
                            to_us (entry->start - entry->traits.samples));
}

/* TRUE: packets are missing before the first one kept; FALSE: the sender made a pause (DTX). */
static gboolean
is_loss (TuttiJitter *jitter)
{
    return jitter->entry[0].seq != jitter->played_seq + 1;
}

static gint64
target (TuttiJitter *jitter)
{
    gint64 us = (gint64)tutti_arrivals_spread_us (&jitter->arrivals) + MARGIN_US;

    us = MAX (us, jitter->arrivals.n < ARRIVALS_TO_KNOW ? TARGET_START_US : TARGET_MIN_US);
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

/* At the start of talk what waited longer than need be (in the queue, while nobody listened, or
 * held up on its way) would only be delay from then on. */
static gboolean
is_stale (TuttiJitter *jitter)
{
    gint64 spare_us = jitter->entry[0].traits.quiet ? HYSTERESIS_US : CATCH_UP_US;

    if (delay_of (jitter, jitter->entry[0].start) > jitter->max_us)
        return TRUE;
    return jitter->n_entries > 1 &&
           slack_of (jitter, jitter->entry[1].start, 0) >= target (jitter) + spare_us;
}

static void
start (TuttiJitter *jitter)
{
    const Entry *first = &jitter->entry[0];

    while (jitter->n_entries > 0 && is_stale (jitter))
        drop_first (jitter);
    if (jitter->n_entries == 0)
        return;
    jitter->step = MIN (first->traits.samples, TUTTI_ROUND_SAMPLES);
    if (slack_of (jitter, first->start, 0) < target (jitter))
        return;
    jitter->is_playing = TRUE;
    jitter->is_after_pause = !is_loss (jitter);
    jitter->next = first->start;
    jitter->owed = jitter->concealed = 0;
}

/* What was made up for packets unknown stays in their place, but for the part by which the buffer
 * should be longer anyway, and but for what can be heard. */
static void
settle_owed (TuttiJitter *jitter, guint buffered)
{
    gint64 lacking = to_samples (target (jitter) - slack (jitter, buffered));
    guint step = jitter->step;

    if (jitter->owed == 0 || jitter->n_entries == 0)
        return;
    jitter->is_after_pause = jitter->entry[0].start > jitter->next && !is_loss (jitter);
    if (lacking > 0)
        jitter->owed -= (guint)MIN (jitter->owed, (lacking + step - 1) / step * step);
    while (jitter->owed > 0 && jitter->n_entries > 0) {
        const Entry *first = &jitter->entry[0];
        gint64 hole = first->start - jitter->next;
        guint gone = (guint)MIN (hole > 0 ? hole : first->traits.samples, (gint64)jitter->owed);

        if (hole <= 0 && (gone < first->traits.samples || !first->traits.quiet)) {
            jitter->owed = 0;
            return;
        }
        if (hole <= 0) {
            jitter->played_seq = first->seq;
            drop_first (jitter);
        } else if (is_loss (jitter)) {
            jitter->stats.lost++;
        }
        jitter->next += gone;
        jitter->owed -= gone;
    }
}

/* What comes yet of the time in which nothing came is judged anew when it comes: start(). */
static TuttiJitterVerdict
fall_silent (TuttiJitter *jitter)
{
    jitter->owed = 0;
    jitter->is_playing = FALSE;
    return TUTTI_JITTER_IDLE;
}

/* A buffer beyond its limit (the base fell: packets come faster than they used to). */
static void
drop_excess (TuttiJitter *jitter, guint buffered)
{
    gint64 limit_us = jitter->max_us + to_us (jitter->step);

    while (jitter->n_entries > 0 && delay_of (jitter, jitter->next - buffered) > limit_us) {
        jitter->next = jitter->entry[0].start + jitter->entry[0].traits.samples;
        jitter->played_seq = jitter->entry[0].seq;
        drop_first (jitter);
    }
    if (delay_of (jitter, jitter->next + jitter->owed - buffered) > limit_us)
        fall_silent (jitter);
}

static TuttiJitterVerdict
take_packet (TuttiJitter *jitter, TuttiJitterPiece *piece)
{
    Entry first = jitter->entry[0];

    remove_entry (jitter, 0);
    jitter->next = first.start + first.traits.samples;
    jitter->played_seq = first.seq;
    jitter->step = MIN (first.traits.samples, TUTTI_ROUND_SAMPLES);
    jitter->concealed = 0;
    *piece = (TuttiJitterPiece){first.packet, first.traits.samples, jitter->is_fresh,
                                jitter->is_after_pause};
    jitter->is_fresh = jitter->is_after_pause = FALSE;
    jitter->has_played = TRUE;
    return TUTTI_JITTER_PACKET;
}

/* A hole of which the end is known: lost packets, or a pause of the sender (DTX) when no number is
 * missing. */
static TuttiJitterVerdict
take_hole (TuttiJitter *jitter, guint hole, TuttiJitterPiece *piece)
{
    const Entry *first = &jitter->entry[0];
    gboolean is_last = hole <= first->traits.samples;

    *piece = (TuttiJitterPiece){.samples = is_last ? hole : MIN (hole, jitter->step),
                                .after_pause = !is_loss (jitter)};
    if (!piece->after_pause) {
        jitter->stats.lost++;
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
    tutti_arrivals_init (&jitter->arrivals, jitter->max_us);
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
tutti_jitter_push (TuttiJitter *jitter, TuttiPacket *packet, const TuttiJitterTraits *traits)
{
    Entry entry = {.packet = packet, .traits = *traits};

    jitter->stats.packets++;
    if (!find_place (jitter, packet, &entry.seq, &entry.start))
        return;
    note_arrival (jitter, &entry);
    if (jitter->has_played &&
        (entry.seq <= jitter->played_seq || entry.start + traits->samples <= jitter->next)) {
        jitter->stats.late++;
        return;
    }
    insert (jitter, &entry);
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
    *piece = (TuttiJitterPiece){.samples = jitter->step};
    jitter->owed += jitter->step;
    jitter->concealed += jitter->step;
    return TUTTI_JITTER_UNKNOWN;
}

const TuttiPacket *
tutti_jitter_peek (TuttiJitter *jitter, guint ahead, guint *samples)
{
    gint64 next = jitter->next;

    if (!jitter->is_playing || jitter->owed > 0 || ahead >= jitter->n_entries)
        return NULL;
    for (guint i = 0; i <= ahead; i++) {
        if (jitter->entry[i].start > next)
            return NULL;
        next = jitter->entry[i].start + jitter->entry[i].traits.samples;
    }
    if (samples)
        *samples = jitter->entry[ahead].traits.samples;
    return jitter->entry[ahead].packet;
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
