/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * impair.c: the queue model of impair.h. The link serves one packet at a time; times inside are in
 * nanoseconds, so that rounding does not change the rate (a packet takes 12 us at 1 Gbit/s).
 */
#include "impair.h"

#include <math.h>
#include <string.h>

#define NSEC_PER_SEC 1e9
#define NSEC_PER_USEC 1000

typedef struct {
    gint64 due_ns; /* out of the delay */
    gsize length_bytes;
    guint8 data[];
} Held;

struct _Impair {
    ImpairSettings settings;
    GRand *rand;
    gboolean is_bad; /* Gilbert's state */

    GQueue waiting;       /* for the link, first come first served */
    double waiting_bits;  /* all of them, with what is left of the head */
    double head_bits;     /* left of the head, at served_ns */
    gint64 served_ns;     /* the link's work is accounted for until then */
    GQueue delayed;       /* by due_ns */
    gint64 delayed_up_ns; /* the latest due_ns so far */

    ImpairCounts counts;
};

/* --- Chance. --- */

static gboolean
happens (Impair *impair, double probability)
{
    return probability > 0 && g_rand_double (impair->rand) < probability;
}

/* Gilbert: bad lasts `burst` packets on average, good so long that the share of bad is `loss`. */
static gboolean
is_lost (Impair *impair)
{
    double loss = impair->settings.loss, burst = impair->settings.burst;

    if (loss <= 0 || loss >= 1 || burst < 1)
        return happens (impair, loss);
    if (impair->is_bad)
        impair->is_bad = !happens (impair, 1 / burst);
    else
        impair->is_bad = happens (impair, loss / (burst * (1 - loss)));
    return impair->is_bad;
}

static gint64
draw_delay_ns (Impair *impair)
{
    gint64 jitter_us = impair->settings.jitter_us;
    double delay_us = impair->settings.delay_us;

    if (jitter_us > 0)
        delay_us += g_rand_double_range (impair->rand, -(double)jitter_us, (double)jitter_us);
    return (gint64)(MAX (delay_us, 0) * NSEC_PER_USEC);
}

/* --- The link, then the delay. --- */

static double
bits_to_ns (const Impair *impair, double bits)
{
    return impair->settings.rate_bps > 0 ? bits * NSEC_PER_SEC / impair->settings.rate_bps : 0;
}

static void
delay (Impair *impair, Held *held, gint64 from_ns)
{
    GList *after = impair->delayed.tail;

    held->due_ns = from_ns + draw_delay_ns (impair);
    if (!impair->settings.reorder)
        held->due_ns = MAX (held->due_ns, impair->delayed_up_ns);
    if (held->due_ns < impair->delayed_up_ns)
        impair->counts.reordered++;
    impair->delayed_up_ns = MAX (held->due_ns, impair->delayed_up_ns);
    while (after && ((Held *)after->data)->due_ns > held->due_ns)
        after = after->prev;
    if (after)
        g_queue_insert_after (&impair->delayed, after, held);
    else
        g_queue_push_head (&impair->delayed, held);
}

static void
begin_head (Impair *impair)
{
    Held *head = g_queue_peek_head (&impair->waiting);

    impair->head_bits = head ? head->length_bytes * 8.0 : 0;
}

/* The link works until now. */
static void
serve (Impair *impair, gint64 now_ns)
{
    while (impair->waiting.length > 0) {
        gint64 done_ns =
            impair->served_ns + (gint64)llround (bits_to_ns (impair, impair->head_bits));

        if (done_ns > now_ns)
            return;
        impair->served_ns = done_ns;
        impair->waiting_bits -= impair->head_bits;
        delay (impair, g_queue_pop_head (&impair->waiting), done_ns);
        begin_head (impair);
    }
    impair->served_ns = now_ns;
    impair->waiting_bits = 0;
}

static gint64
get_queue_ns (const Impair *impair, gint64 now_ns)
{
    double ns = bits_to_ns (impair, impair->waiting_bits);

    return MAX ((gint64)ns - (now_ns - impair->served_ns), 0);
}

static void
enqueue (Impair *impair, const guint8 *data, gsize length_bytes, gint64 now_ns)
{
    gint64 queue_us = get_queue_ns (impair, now_ns) / NSEC_PER_USEC;
    Held *held;

    if ((impair->settings.rate_bps > 0 && queue_us > impair->settings.queue_us) ||
        impair->waiting.length + impair->delayed.length >= IMPAIR_HELD_MAX) {
        impair->counts.overflow++;
        return;
    }
    impair->counts.queue_max_us = MAX (impair->counts.queue_max_us, queue_us);
    held = g_malloc (sizeof *held + length_bytes);
    held->length_bytes = length_bytes;
    memcpy (held->data, data, length_bytes);
    g_queue_push_tail (&impair->waiting, held);
    impair->waiting_bits += length_bytes * 8.0;
    if (impair->waiting.length == 1)
        begin_head (impair);
    serve (impair, now_ns);
}

/* --- Settings as text. --- */

static gboolean
parse_word (const char *word, ImpairSettings *settings)
{
    const char *value = strchr (word, '=');
    g_autofree char *key = value ? g_strndup (word, value - word) : NULL;
    char *end = NULL;
    double number = value ? g_ascii_strtod (value + 1, &end) : 0;

    if (!value || end == value + 1 || *end || number < 0 || !isfinite (number))
        return FALSE;
    if (g_str_equal (key, "delay"))
        settings->delay_us = (gint64)(number * 1000);
    else if (g_str_equal (key, "jitter"))
        settings->jitter_us = (gint64)(number * 1000);
    else if (g_str_equal (key, "queue"))
        settings->queue_us = (gint64)(number * 1000);
    else if (g_str_equal (key, "reorder"))
        settings->reorder = number > 0;
    else if (g_str_equal (key, "loss"))
        settings->loss = number / 100;
    else if (g_str_equal (key, "burst"))
        settings->burst = number;
    else if (g_str_equal (key, "dup"))
        settings->duplicate = number / 100;
    else if (g_str_equal (key, "rate"))
        settings->rate_bps = (guint)(number * 1000);
    else
        return FALSE;
    return TRUE;
}

/* --- Public. --- */

Impair *
impair_new (guint32 seed)
{
    Impair *impair = g_new0 (Impair, 1);

    impair->rand = g_rand_new_with_seed (seed);
    return impair;
}

void
impair_free (Impair *impair)
{
    if (!impair)
        return;
    g_queue_clear_full (&impair->waiting, g_free);
    g_queue_clear_full (&impair->delayed, g_free);
    g_rand_free (impair->rand);
    g_free (impair);
}

void
impair_set (Impair *impair, const ImpairSettings *settings, gint64 now_us)
{
    gint64 now_ns = now_us * NSEC_PER_USEC;

    serve (impair, now_ns);
    if (impair->waiting.length > 0) {
        double bits = (now_ns - impair->served_ns) * (impair->settings.rate_bps / NSEC_PER_SEC);

        bits = MIN (bits, impair->head_bits);
        impair->head_bits -= bits;
        impair->waiting_bits -= bits;
        impair->served_ns = now_ns;
    }
    impair->settings = *settings;
    serve (impair, now_ns);
}

void
impair_get (const Impair *impair, ImpairSettings *settings)
{
    *settings = impair->settings;
}

void
impair_push (Impair *impair, const guint8 *data, gsize length_bytes, gint64 now_us)
{
    gint64 now_ns = now_us * NSEC_PER_USEC;

    serve (impair, now_ns);
    impair->counts.in++;
    impair->counts.bytes_in += length_bytes;
    if (length_bytes > IMPAIR_PACKET_MAX_BYTES) {
        impair->counts.overflow++;
        return;
    }
    if (is_lost (impair)) {
        impair->counts.lost++;
        return;
    }
    enqueue (impair, data, length_bytes, now_ns);
    if (happens (impair, impair->settings.duplicate)) {
        impair->counts.duplicated++;
        enqueue (impair, data, length_bytes, now_ns);
    }
}

gsize
impair_pop (Impair *impair, guint8 buffer[IMPAIR_PACKET_MAX_BYTES], gint64 now_us)
{
    gint64 now_ns = now_us * NSEC_PER_USEC;
    g_autofree Held *held = NULL;
    Held *head;

    serve (impair, now_ns);
    head = g_queue_peek_head (&impair->delayed);
    if (!head || head->due_ns > now_ns)
        return 0;
    held = g_queue_pop_head (&impair->delayed);
    memcpy (buffer, held->data, held->length_bytes);
    impair->counts.out++;
    impair->counts.bytes_out += held->length_bytes;
    return held->length_bytes;
}

gint64
impair_next_us (const Impair *impair)
{
    const Held *delayed = g_queue_peek_head ((GQueue *)&impair->delayed);
    gint64 next_ns = delayed ? delayed->due_ns : G_MAXINT64;

    if (impair->waiting.length > 0)
        next_ns = MIN (next_ns, impair->served_ns +
                                    (gint64)llround (bits_to_ns (impair, impair->head_bits)));
    if (next_ns == G_MAXINT64)
        return G_MAXINT64;
    return (next_ns + NSEC_PER_USEC - 1) / NSEC_PER_USEC;
}

void
impair_take_counts (Impair *impair, ImpairCounts *counts, gint64 now_us)
{
    serve (impair, now_us * NSEC_PER_USEC);
    impair->counts.queue_us = get_queue_ns (impair, now_us * NSEC_PER_USEC) / NSEC_PER_USEC;
    *counts = impair->counts;
    counts->queue_max_us = MAX (counts->queue_max_us, counts->queue_us);
    impair->counts.queue_max_us = 0;
}

gboolean
impair_parse (const char *text, ImpairSettings *settings)
{
    g_auto (GStrv) words = g_strsplit_set (text, " \t", -1);
    ImpairSettings changed = *settings;

    for (guint i = 0; words[i]; i++) {
        if (*words[i] && !parse_word (words[i], &changed))
            return FALSE;
    }
    *settings = changed;
    return TRUE;
}
