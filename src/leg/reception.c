/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reception.c: see reception.h.
 *
 * Numbers are extended to 64 bits, so that wraps need no thought beyond the first line. The
 * probation of appendix A.1 (MIN_SEQUENTIAL) is left out: SRTP has authenticated every packet.
 */
#include "reception.h"

#include <string.h>

#define SEQ_MOD 65536
/* Appendix A.1: a jump further ahead than this is a restart, not a loss. */
#define MAX_DROPOUT 3000
/* Appendix A.1 has 100; retransmissions without RTX come later than that. */
#define MAX_MISORDER TUTTI_RECEPTION_WINDOW
#define WINDOW_MASK (TUTTI_RECEPTION_WINDOW - 1)
/* A timestamp further off than this is a new time base, not jitter. */
#define JITTER_SKIP_S 5
#define LOST_MAX 0x7FFFFF /* 24 bits, signed */

struct _TuttiReception {
    guint rate_hz;
    gboolean started;
    guint64 base, highest;  /* extended */
    guint32 expected_again; /* the number after a jump; SEQ_MOD: none */
    guint64 received, repaired;
    guint64 expected_prior, received_prior;
    guint64 seen[TUTTI_RECEPTION_WINDOW / 64]; /* bit per number, up to highest */

    gboolean timed;
    guint32 transit;
    guint64 jitter_16; /* scaled by 16, as in A.8 */

    guint32 last_sr;
    gint64 last_sr_us;
};

static gboolean
is_seen (const TuttiReception *reception, guint64 ext)
{
    return (reception->seen[(ext & WINDOW_MASK) / 64] >> (ext % 64) & 1) != 0;
}

static void
set_seen (TuttiReception *reception, guint64 ext, gboolean seen)
{
    guint64 bit = G_GUINT64_CONSTANT (1) << (ext % 64);
    guint64 *word = &reception->seen[(ext & WINDOW_MASK) / 64];

    *word = seen ? *word | bit : *word & ~bit;
}

static void
start (TuttiReception *reception, guint16 seq)
{
    reception->started = TRUE;
    /* One turn ahead, so that numbers just before the first one stay positive. */
    reception->base = reception->highest = SEQ_MOD + (guint64)seq;
    reception->expected_again = SEQ_MOD;
    reception->received = 1;
    reception->repaired = 0;
    reception->expected_prior = reception->received_prior = 0;
    reception->timed = FALSE;
    memset (reception->seen, 0, sizeof reception->seen);
    set_seen (reception, reception->highest, TRUE);
}

static void
lead (TuttiReception *reception, guint64 ext)
{
    guint64 gap = ext - reception->highest - 1;

    if (gap >= TUTTI_RECEPTION_WINDOW)
        memset (reception->seen, 0, sizeof reception->seen);
    else
        for (guint64 missing = reception->highest + 1; missing < ext; missing++)
            set_seen (reception, missing, FALSE);
    set_seen (reception, ext, TRUE);
    reception->highest = ext;
    reception->received++;
}

/* A packet at or before the highest number. */
static TuttiArrival
take_late (TuttiReception *reception, guint64 ext, guint64 *count)
{
    if (reception->highest - ext >= TUTTI_RECEPTION_WINDOW || is_seen (reception, ext))
        return TUTTI_ARRIVAL_DUPLICATE;
    set_seen (reception, ext, TRUE);
    reception->base = MIN (reception->base, ext);
    (*count)++;
    return TUTTI_ARRIVAL_NEW;
}

static guint64
count_expected (const TuttiReception *reception)
{
    return reception->started ? reception->highest - reception->base + 1 : 0;
}

/* Appendix A.3. Starts the next interval. */
static guint8
take_fraction_lost (TuttiReception *reception)
{
    guint64 expected = count_expected (reception);
    gint64 expected_now = (gint64)(expected - reception->expected_prior);
    gint64 lost_now = expected_now - (gint64)(reception->received - reception->received_prior);

    reception->expected_prior = expected;
    reception->received_prior = reception->received;
    if (expected_now <= 0 || lost_now <= 0)
        return 0;
    return (guint8)MIN ((lost_now << 8) / expected_now, G_MAXUINT8);
}

TuttiReception *
tutti_reception_new (guint rate_hz)
{
    TuttiReception *reception = g_new0 (TuttiReception, 1);

    reception->rate_hz = rate_hz;
    return reception;
}

void
tutti_reception_free (TuttiReception *reception)
{
    g_free (reception);
}

TuttiArrival
tutti_reception_take (TuttiReception *reception, guint16 seq, guint64 *ext_seq)
{
    TuttiArrival arrival = TUTTI_ARRIVAL_NEW;
    guint16 ahead = (guint16)(seq - (guint16)reception->highest);
    guint64 ext = reception->highest + ahead;

    if (!reception->started) {
        start (reception, seq);
        ext = reception->highest;
    } else if (ahead > 0 && ahead < MAX_DROPOUT) {
        reception->expected_again = SEQ_MOD;
        lead (reception, ext);
    } else if (ahead == 0 || ahead > SEQ_MOD - MAX_MISORDER) {
        ext = ahead == 0 ? ext : ext - SEQ_MOD;
        arrival = take_late (reception, ext, &reception->received);
    } else if (seq == reception->expected_again) {
        start (reception, seq);
        ext = reception->highest;
        arrival = TUTTI_ARRIVAL_RESTARTED;
    } else {
        reception->expected_again = (guint16)(seq + 1);
        return TUTTI_ARRIVAL_STRANGE;
    }
    if (arrival != TUTTI_ARRIVAL_DUPLICATE && ext_seq != NULL)
        *ext_seq = ext;
    return arrival;
}

TuttiArrival
tutti_reception_take_repaired (TuttiReception *reception, guint16 seq, guint64 *ext_seq)
{
    guint16 behind = (guint16)((guint16)reception->highest - seq);
    guint64 ext = reception->highest - behind;
    TuttiArrival arrival;

    if (!reception->started || behind >= TUTTI_RECEPTION_WINDOW)
        return TUTTI_ARRIVAL_STRANGE;
    /* Before the first packet that came: a browser's probe, of no use to anybody. */
    if (ext < reception->base)
        return TUTTI_ARRIVAL_DUPLICATE;
    arrival = take_late (reception, ext, &reception->repaired);
    if (arrival == TUTTI_ARRIVAL_NEW && ext_seq != NULL)
        *ext_seq = ext;
    return arrival;
}

void
tutti_reception_take_time (TuttiReception *reception, guint32 timestamp, gint64 now_us)
{
    guint32 arrival = (guint32)((guint64)now_us * reception->rate_hz / G_USEC_PER_SEC);
    guint32 transit = arrival - timestamp;
    guint32 d = transit - reception->transit;

    d = MIN (d, -d); /* absolute, in two's complement */
    if (reception->timed && d < JITTER_SKIP_S * reception->rate_hz)
        reception->jitter_16 += d - ((reception->jitter_16 + 8) >> 4);
    reception->timed = TRUE;
    reception->transit = transit;
}

void
tutti_reception_take_sr (TuttiReception *reception, guint64 ntp, gint64 now_us)
{
    reception->last_sr = tutti_rtcp_ntp_middle (ntp);
    reception->last_sr_us = now_us;
}

guint64
tutti_reception_highest (const TuttiReception *reception)
{
    return reception->highest;
}

guint64
tutti_reception_lost (const TuttiReception *reception)
{
    guint64 expected = count_expected (reception);
    guint64 came = reception->received + reception->repaired;

    return expected > came ? expected - came : 0;
}

guint
tutti_reception_jitter_us (const TuttiReception *reception)
{
    return (guint)((reception->jitter_16 >> 4) * G_USEC_PER_SEC / reception->rate_hz);
}

gboolean
tutti_reception_report (TuttiReception *reception, gint64 now_us, TuttiRtcpBlock *block)
{
    gint64 lost = (gint64)(count_expected (reception) - reception->received);

    if (!reception->started)
        return FALSE;
    *block = (TuttiRtcpBlock){
        .fraction_lost = take_fraction_lost (reception),
        .lost = (gint32)CLAMP (lost, -LOST_MAX - 1, LOST_MAX),
        /* The turn that start() put ahead is not the peer's. */
        .highest_seq = (guint32)(reception->highest - SEQ_MOD),
        .jitter = (guint32)(reception->jitter_16 >> 4),
        .last_sr = reception->last_sr,
    };
    if (reception->last_sr != 0)
        block->delay_sr =
            (guint32)(((guint64)(now_us - reception->last_sr_us) << 16) / G_USEC_PER_SEC);
    return TRUE;
}
