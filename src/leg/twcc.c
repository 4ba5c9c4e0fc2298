/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * twcc.c: see twcc.h. A ring of arrival times by extended sequence number; a report covers what
 * came since the last one. A packet that comes after it was reported missing makes the next report
 * begin there again: the sender takes the better news.
 */
#include "twcc.h"

#include "bytes.h"
#include "deadlines.h"

#include <string.h>

/* Section 3.1. */
#define TICK_US 250
#define REFERENCE_US 64000
#define HEAD_BYTES 8
#define RUN_MAX 0x1FFF
#define VECTOR_1BIT 0x8000
#define VECTOR_2BIT 0xC000
#define VECTOR_1BIT_SYMBOLS 14
#define VECTOR_2BIT_SYMBOLS 7
/* Chunks hold 7 symbols of two bits at worst, and 14 of them two bytes of delta each. */
#define FCI_MAX_BYTES                                                                              \
    (HEAD_BYTES + (TUTTI_TWCC_PACKETS / VECTOR_2BIT_SYMBOLS + 1) * 2 + TUTTI_TWCC_PACKETS * 2)

enum { MISSING = 0, SMALL = 1, LARGE = 2 };

typedef struct {
    guint64 seq; /* 0: empty */
    gint64 arrival_us;
} Arrival;

struct _TuttiTwcc {
    guint64 highest; /* extended; 0: nothing came yet */
    guint64 next;    /* the first to report */
    gint64 due_us;
    gint64 first_us; /* when what is to be reported first came */
    gboolean is_waiting;
    gint64 dense_us; /* since when packets are counted, and how many */
    guint n_dense;
    guint8 n_reports;
    Arrival arrivals[TUTTI_TWCC_PACKETS];
};

typedef struct {
    guint n;
    guint8 symbols[TUTTI_TWCC_PACKETS];
    guint delta_bytes;
    guint8 deltas[TUTTI_TWCC_PACKETS * 2];
} Report;

static const Arrival *
find_arrival (const TuttiTwcc *twcc, guint64 seq)
{
    const Arrival *arrival = &twcc->arrivals[seq % TUTTI_TWCC_PACKETS];

    return arrival->seq == seq ? arrival : NULL;
}

static guint64
extend (const TuttiTwcc *twcc, guint16 seq)
{
    /* One turn ahead, so that 0 stays "nothing" and numbers before the first are positive. */
    if (twcc->highest == 0)
        return (guint64)seq + 0x10000;
    return twcc->highest + (guint64)(gint64)(gint16)(seq - (guint16)twcc->highest);
}

/* FALSE when the delta has no place in a report. */
static gboolean
add_delta (Report *report, gint64 ticks)
{
    guint8 *at = report->deltas + report->delta_bytes;

    if (ticks >= 0 && ticks <= G_MAXUINT8) {
        at[0] = (guint8)ticks;
        report->symbols[report->n++] = SMALL;
        report->delta_bytes += 1;
        return TRUE;
    }
    if (ticks < G_MININT16 || ticks > G_MAXINT16)
        return FALSE;
    tutti_put_u16 (at, (guint16)ticks);
    report->symbols[report->n++] = LARGE;
    report->delta_bytes += 2;
    return TRUE;
}

/* The first to report that arrived: the highest one did. */
static const Arrival *
find_first (const TuttiTwcc *twcc)
{
    guint64 seq = twcc->next;

    while (find_arrival (twcc, seq) == NULL)
        seq++;
    return find_arrival (twcc, seq);
}

/* From twcc->next on; ends early before a time that is too far off. */
static void
collect (const TuttiTwcc *twcc, gint64 reference_us, Report *report)
{
    gint64 before = reference_us / TICK_US;

    report->n = report->delta_bytes = 0;
    for (guint64 seq = twcc->next; seq <= twcc->highest && report->n < TUTTI_TWCC_PACKETS; seq++) {
        const Arrival *arrival = find_arrival (twcc, seq);

        if (arrival == NULL)
            report->symbols[report->n++] = MISSING;
        else if (!add_delta (report, arrival->arrival_us / TICK_US - before))
            return;
        else
            before = arrival->arrival_us / TICK_US;
    }
}

static guint
count_run (const Report *report, guint from)
{
    guint run = 1;

    while (from + run < report->n && run < RUN_MAX &&
           report->symbols[from + run] == report->symbols[from])
        run++;
    return run;
}

static gboolean
fits_one_bit (const Report *report, guint from)
{
    for (guint i = from; i < report->n && i < from + VECTOR_1BIT_SYMBOLS; i++)
        if (report->symbols[i] == LARGE)
            return FALSE;
    return TRUE;
}

/* A status vector; gives how many symbols it took. */
static guint
put_vector (guint8 *at, const Report *report, guint from, guint bits)
{
    guint n = MIN (VECTOR_1BIT_SYMBOLS / bits, report->n - from);
    guint16 chunk = bits == 1 ? VECTOR_1BIT : VECTOR_2BIT;

    for (guint i = 0; i < n; i++)
        chunk |= (guint16)(report->symbols[from + i] << (VECTOR_1BIT_SYMBOLS - bits * (i + 1)));
    tutti_put_u16 (at, chunk);
    return n;
}

/* Gives the bytes of the chunks. */
static guint
put_chunks (guint8 *at, const Report *report)
{
    guint bytes = 0;

    for (guint from = 0; from < report->n; bytes += 2) {
        guint run = count_run (report, from);
        gboolean one_bit = fits_one_bit (report, from);

        if (run >= (one_bit ? VECTOR_1BIT_SYMBOLS : VECTOR_2BIT_SYMBOLS) ||
            from + run == report->n) {
            tutti_put_u16 (at + bytes, (guint16)(report->symbols[from] << 13 | run));
            from += run;
        } else {
            from += put_vector (at + bytes, report, from, one_bit ? 1 : 2);
        }
    }
    return bytes;
}

TuttiTwcc *
tutti_twcc_new (void)
{
    TuttiTwcc *twcc = g_new0 (TuttiTwcc, 1);

    twcc->due_us = G_MAXINT64;
    return twcc;
}

void
tutti_twcc_free (TuttiTwcc *twcc)
{
    g_free (twcc);
}

static gboolean
is_dense (TuttiTwcc *twcc, gint64 now_us)
{
    if (now_us - twcc->dense_us >= TUTTI_TWCC_INTERVAL_US) {
        twcc->dense_us = now_us;
        twcc->n_dense = 0;
    }
    return ++twcc->n_dense >= TUTTI_TWCC_LAZY_PACKETS;
}

/* When to report, there being something more to say. */
static gint64
find_due (TuttiTwcc *twcc, gboolean may_wait, gint64 now_us)
{
    gboolean is_new = !twcc->is_waiting, is_urgent = is_dense (twcc, now_us) || !may_wait;

    if (is_new)
        twcc->first_us = now_us;
    twcc->is_waiting = TRUE;
    if (is_urgent)
        return MIN (twcc->due_us, twcc->first_us + TUTTI_TWCC_INTERVAL_US);
    return is_new ? tutti_deadline_align (now_us + TUTTI_TWCC_LAZY_US) : twcc->due_us;
}

static void
take (TuttiTwcc *twcc, guint16 seq, gboolean may_wait, gint64 now_us)
{
    guint64 ext = extend (twcc, seq);

    if (ext + TUTTI_TWCC_PACKETS <= twcc->highest || find_arrival (twcc, ext) != NULL)
        return; /* too late, or a duplicate */
    twcc->next = twcc->highest == 0 ? ext : MIN (twcc->next, ext);
    twcc->highest = MAX (twcc->highest, ext);
    /* What lies further back can't be told any more. */
    twcc->next = MAX (twcc->next, twcc->highest + 1 - TUTTI_TWCC_PACKETS);
    twcc->arrivals[ext % TUTTI_TWCC_PACKETS] = (Arrival){.seq = ext, .arrival_us = now_us};
    twcc->due_us = find_due (twcc, may_wait, now_us);
}

void
tutti_twcc_take (TuttiTwcc *twcc, guint16 seq, gint64 now_us)
{
    take (twcc, seq, FALSE, now_us);
}

void
tutti_twcc_take_sound (TuttiTwcc *twcc, guint16 seq, gint64 now_us)
{
    take (twcc, seq, TRUE, now_us);
}

gint64
tutti_twcc_due_us (const TuttiTwcc *twcc)
{
    return twcc->due_us;
}

gboolean
tutti_twcc_is_lazy (const TuttiTwcc *twcc)
{
    return twcc->is_waiting && twcc->due_us > twcc->first_us + TUTTI_TWCC_INTERVAL_US;
}

gboolean
tutti_twcc_write (TuttiTwcc *twcc, TuttiRtcpWriter *writer, guint32 sender_ssrc, guint32 media_ssrc,
                  gint64 now_us)
{
    TuttiRtcpFeedback feedback = {.format = TUTTI_RTCP_FMT_TRANSPORT_CC,
                                  .sender_ssrc = sender_ssrc,
                                  .media_ssrc = media_ssrc};
    guint8 fci[FCI_MAX_BYTES];
    gint64 reference_us;
    Report report;

    if (twcc->due_us == G_MAXINT64)
        return FALSE;
    reference_us = find_first (twcc)->arrival_us / REFERENCE_US * REFERENCE_US;
    collect (twcc, reference_us, &report);
    tutti_put_u16 (fci, (guint16)twcc->next);
    tutti_put_u16 (fci + 2, (guint16)report.n);
    tutti_put_u24 (fci + 4, (guint32)(reference_us / REFERENCE_US));
    fci[7] = twcc->n_reports++;
    feedback.fci_bytes = HEAD_BYTES + put_chunks (fci + HEAD_BYTES, &report);
    memcpy (fci + feedback.fci_bytes, report.deltas, report.delta_bytes);
    feedback.fci_bytes += report.delta_bytes;
    feedback.fci = fci;
    twcc->next += report.n;
    twcc->due_us = twcc->next > twcc->highest ? G_MAXINT64 : now_us;
    twcc->is_waiting = FALSE;
    return tutti_rtcp_write_feedback (writer, TUTTI_RTCP_RTPFB, &feedback);
}
