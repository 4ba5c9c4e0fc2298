/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pacer.c: see pacer.h. The budget is a debt: what leaves adds to it, time pays it off at the rate.
 * It closes when the debt is a burst's and opens when a batch of it is paid, so that wake-ups come
 * a batch apart.
 */
#include "pacer.h"

#include <string.h>

/* Bits times this: the debt in whole numbers. */
#define DEBT_OF_BIT G_USEC_PER_SEC
#define REFILL_MAX_US G_USEC_PER_SEC
/* Sound that takes more than the rate doesn't keep pictures away for longer, once there is room. */
#define DEBT_MAX_US (500 * G_TIME_SPAN_MILLISECOND)
/* So many repeats in a row, then a picture's packet, if there is one: neither starves. */
#define AGAINS_IN_A_ROW 2

typedef struct {
    TuttiPacket *packet;
    guint skipped; /* pictures dropped before it */
} Place;

struct _TuttiPacer {
    guint rate_bps;
    gint64 burst_us;
    gint64 debt; /* in bits times DEBT_OF_BIT */
    gint64 refilled_us;
    gboolean is_closed;

    Place places[TUTTI_PACER_PACKETS];
    guint first, n_places;
    gboolean inside_picture;               /* its first packets have left */
    gsize key_bytes;                       /* waiting in key frames */
    gsize layer_bytes[TUTTI_PACER_LAYERS]; /* in other pictures */
    guint layer;                           /* those above don't count */
    guint skipped;                         /* dropped behind the last place */
    gboolean is_waiting;

    guint16 agains[TUTTI_PACER_AGAINS];
    guint first_again, n_agains, again_run;
};

static Place *
get_place (TuttiPacer *pacer, guint i)
{
    return &pacer->places[(pacer->first + i) % TUTTI_PACER_PACKETS];
}

static gboolean
is_key_start (const TuttiPacket *packet)
{
    const guint start = TUTTI_PACKET_KEY_FRAME | TUTTI_PACKET_FRAME_START;

    return (packet->flags & start) == start;
}

static gsize *
find_bytes (TuttiPacer *pacer, const TuttiPacket *packet)
{
    return packet->flags & TUTTI_PACKET_KEY_FRAME
               ? &pacer->key_bytes
               : &pacer->layer_bytes[MIN (packet->vp8.temporal_id, TUTTI_PACER_LAYERS - 1)];
}

static gint64
bytes_to_us (const TuttiPacer *pacer, gsize bytes)
{
    return pacer->rate_bps == 0 ? 0 : (gint64)bytes * 8 * G_USEC_PER_SEC / pacer->rate_bps;
}

static gint64
us_to_debt (const TuttiPacer *pacer, gint64 us)
{
    return us * (gint64)pacer->rate_bps;
}

static void
refill (TuttiPacer *pacer, gint64 now_us)
{
    gint64 since_us = CLAMP (now_us - pacer->refilled_us, 0, REFILL_MAX_US);
    /* A wake-up that came late is made good while packets wait, and not saved up without. */
    gint64 least =
        pacer->n_places + pacer->n_agains > 0 ? -us_to_debt (pacer, TUTTI_PACER_BATCH_US) : 0;

    pacer->refilled_us = now_us;
    pacer->debt = MAX (pacer->debt - us_to_debt (pacer, since_us), MIN (pacer->debt, least));
    if (pacer->debt <= us_to_debt (pacer, pacer->burst_us - TUTTI_PACER_BATCH_US))
        pacer->is_closed = FALSE;
}

/* Takes the packets of [from, to) out. Their pictures are added to the skipped ones of whatever
 * comes next. */
static void
drop_range (TuttiPacer *pacer, guint from, guint to)
{
    guint skipped = 0, kept = from;

    for (guint i = from; i < pacer->n_places; i++) {
        Place place = *get_place (pacer, i);

        place.skipped += skipped;
        skipped = 0;
        if (i >= to) {
            *get_place (pacer, kept++) = place;
            continue;
        }
        skipped = place.skipped + ((place.packet->flags & TUTTI_PACKET_FRAME_START) ? 1 : 0);
        *find_bytes (pacer, place.packet) -= place.packet->length_bytes;
        tutti_packet_unref (place.packet);
    }
    pacer->skipped += skipped;
    pacer->n_places = kept;
}

/* Behind the packets of the picture that has begun to leave. */
static guint
find_next_picture (TuttiPacer *pacer)
{
    if (!pacer->inside_picture)
        return 0;
    for (guint i = 0; i < pacer->n_places; i++)
        if (get_place (pacer, i)->packet->flags & TUTTI_PACKET_FRAME_START)
            return i;
    return pacer->n_places;
}

static guint
find_newest_key (TuttiPacer *pacer, guint from)
{
    for (guint i = pacer->n_places; i > from; i--)
        if (is_key_start (get_place (pacer, i - 1)->packet))
            return i - 1;
    return pacer->n_places;
}

static guint
find_end_of_key (TuttiPacer *pacer, guint from)
{
    while (from < pacer->n_places &&
           (get_place (pacer, from)->packet->flags & TUTTI_PACKET_KEY_FRAME))
        from++;
    return from;
}

static gsize
count_delta_bytes (const TuttiPacer *pacer)
{
    gsize bytes = 0;

    for (guint i = 0; i <= pacer->layer; i++)
        bytes += pacer->layer_bytes[i];
    return bytes;
}

/* A key frame may take longer than the bound: dropping it for being large would never end. */
static gboolean
is_too_long (const TuttiPacer *pacer)
{
    return bytes_to_us (pacer, count_delta_bytes (pacer)) > TUTTI_PACER_QUEUE_MAX_US;
}

/* Up to the newest key frame that waits; if that doesn't do, what follows it as well. */
static void
drop_old (TuttiPacer *pacer)
{
    guint next = find_next_picture (pacer);
    guint key = find_newest_key (pacer, next);

    if (key < pacer->n_places) {
        drop_range (pacer, next, key);
        if (!is_too_long (pacer))
            return;
    }
    drop_range (pacer, find_end_of_key (pacer, next), pacer->n_places);
    pacer->is_waiting = TRUE;
}

static void
append (TuttiPacer *pacer, TuttiPacket *packet)
{
    Place *place = get_place (pacer, pacer->n_places++);

    place->packet = tutti_packet_ref (packet);
    place->skipped = pacer->skipped;
    pacer->skipped = 0;
    *find_bytes (pacer, packet) += packet->length_bytes;
}

static gboolean
has_again (const TuttiPacer *pacer, guint16 seq)
{
    for (guint i = 0; i < pacer->n_agains; i++)
        if (pacer->agains[(pacer->first_again + i) % TUTTI_PACER_AGAINS] == seq)
            return TRUE;
    return FALSE;
}

static void
pop_again (TuttiPacer *pacer, TuttiPaced *paced)
{
    *paced = (TuttiPaced){.seq = pacer->agains[pacer->first_again]};
    pacer->first_again = (pacer->first_again + 1) % TUTTI_PACER_AGAINS;
    pacer->n_agains--;
    pacer->again_run++;
}

static void
pop_place (TuttiPacer *pacer, TuttiPaced *paced)
{
    Place *place = get_place (pacer, 0);

    *paced = (TuttiPaced){.packet = place->packet, .skipped_pictures = place->skipped};
    place->packet = NULL;
    pacer->first = (pacer->first + 1) % TUTTI_PACER_PACKETS;
    pacer->n_places--;
    pacer->again_run = 0;
    pacer->inside_picture = (paced->packet->flags & TUTTI_PACKET_MARKER) == 0;
    *find_bytes (pacer, paced->packet) -= paced->packet->length_bytes;
}

TuttiPacer *
tutti_pacer_new (void)
{
    TuttiPacer *pacer = g_new0 (TuttiPacer, 1);

    pacer->burst_us = TUTTI_PACER_BATCH_US;
    pacer->layer = TUTTI_PACER_LAYERS - 1;
    return pacer;
}

void
tutti_pacer_free (TuttiPacer *pacer)
{
    if (pacer == NULL)
        return;
    tutti_pacer_clear (pacer);
    g_free (pacer);
}

void
tutti_pacer_set_rate (TuttiPacer *pacer, guint rate_bps, gint64 burst_us, gint64 now_us)
{
    gboolean was_limited = pacer->rate_bps != 0;

    refill (pacer, now_us);
    pacer->rate_bps = rate_bps;
    pacer->burst_us = MAX (burst_us, TUTTI_PACER_BATCH_US);
    /* What left while there was no limit is no debt. */
    if (!was_limited)
        pacer->debt = MIN (pacer->debt, us_to_debt (pacer, pacer->burst_us));
}

void
tutti_pacer_set_layer (TuttiPacer *pacer, guint layer)
{
    pacer->layer = MIN (layer, TUTTI_PACER_LAYERS - 1);
}

gboolean
tutti_pacer_push (TuttiPacer *pacer, TuttiPacket *packet, gint64 now_us)
{
    refill (pacer, now_us);
    if (pacer->n_places == TUTTI_PACER_PACKETS) {
        drop_range (pacer, find_next_picture (pacer), pacer->n_places);
        pacer->is_waiting = TRUE;
    }
    if (is_key_start (packet)) {
        pacer->is_waiting = FALSE;
        if (tutti_pacer_get_queue_us (pacer) > TUTTI_PACER_QUEUE_LONG_US)
            drop_range (pacer, find_next_picture (pacer), pacer->n_places);
    }
    if (pacer->is_waiting || pacer->n_places == TUTTI_PACER_PACKETS) {
        pacer->is_waiting = TRUE;
        pacer->skipped += (packet->flags & TUTTI_PACKET_FRAME_START) ? 1 : 0;
        return FALSE;
    }
    append (pacer, packet);
    if (is_too_long (pacer))
        drop_old (pacer);
    return !pacer->is_waiting;
}

gboolean
tutti_pacer_pass (TuttiPacer *pacer, const TuttiPacket *packet, gint64 now_us)
{
    if (pacer->n_places + pacer->n_agains + pacer->skipped > 0 || pacer->is_waiting ||
        !tutti_pacer_is_open (pacer, now_us))
        return FALSE;
    pacer->again_run = 0;
    pacer->inside_picture = (packet->flags & TUTTI_PACKET_MARKER) == 0;
    return TRUE;
}

void
tutti_pacer_push_again (TuttiPacer *pacer, guint16 seq, gint64 now_us)
{
    refill (pacer, now_us);
    if (pacer->n_agains == TUTTI_PACER_AGAINS || has_again (pacer, seq))
        return;
    pacer->agains[(pacer->first_again + pacer->n_agains++) % TUTTI_PACER_AGAINS] = seq;
}

void
tutti_pacer_clear (TuttiPacer *pacer)
{
    drop_range (pacer, 0, pacer->n_places);
    pacer->n_agains = 0;
    pacer->inside_picture = FALSE;
}

gboolean
tutti_pacer_pop (TuttiPacer *pacer, TuttiPaced *paced, gint64 now_us)
{
    if (pacer->n_places + pacer->n_agains == 0 || !tutti_pacer_is_open (pacer, now_us))
        return FALSE;
    if (pacer->n_agains > 0 && (pacer->n_places == 0 || pacer->again_run < AGAINS_IN_A_ROW))
        pop_again (pacer, paced);
    else
        pop_place (pacer, paced);
    return TRUE;
}

void
tutti_pacer_count (TuttiPacer *pacer, gsize bytes, gint64 now_us)
{
    refill (pacer, now_us);
    pacer->debt = MIN (pacer->debt + (gint64)bytes * 8 * DEBT_OF_BIT,
                       us_to_debt (pacer, MAX (DEBT_MAX_US, pacer->burst_us)));
    if (pacer->debt >= us_to_debt (pacer, pacer->burst_us))
        pacer->is_closed = TRUE;
}

gboolean
tutti_pacer_is_open (TuttiPacer *pacer, gint64 now_us)
{
    refill (pacer, now_us);
    return pacer->rate_bps == 0 || !pacer->is_closed;
}

gint64
tutti_pacer_get_due (const TuttiPacer *pacer, gint64 now_us)
{
    return pacer->n_places + pacer->n_agains == 0 ? G_MAXINT64
                                                  : tutti_pacer_get_open (pacer, now_us);
}

gint64
tutti_pacer_get_open (const TuttiPacer *pacer, gint64 now_us)
{
    gint64 over;

    if (pacer->rate_bps == 0 || !pacer->is_closed)
        return now_us;
    over = pacer->debt - us_to_debt (pacer, pacer->burst_us - TUTTI_PACER_BATCH_US);
    return pacer->refilled_us + (MAX (over, 0) + pacer->rate_bps - 1) / pacer->rate_bps;
}

gint64
tutti_pacer_get_queue_us (const TuttiPacer *pacer)
{
    return bytes_to_us (pacer, pacer->key_bytes + count_delta_bytes (pacer));
}
