/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sent-log.c: see sent-log.h. Rates are counted by walking back over the ring, ten times a second
 * (each feedback): news about a packet may come late, or again, and a walk needs no correcting.
 */
#include "sent-log.h"

#include "congestion.h"

#define MASK (TUTTI_SENT_LOG_PACKETS - 1)
/* What is sent later may arrive earlier by as much: jitter that reorders, and a queue. */
#define REORDER_US (500 * 1000)
/* The busy rate looks at so many packets (fewer tell little: one packet more or less is some
 * percent), over more than a picture's interval; and at these least. */
#define BUSY_PACKETS 12
#define BUSY_US (150 * 1000)
#define BUSY_PACKETS_MIN 5
#define BUSY_MIN_US (30 * 1000)
/* Before so much time, a rate says nothing. */
#define SPAN_MIN_US (100 * 1000)

struct _TuttiSentLog {
    guint64 next;    /* number of the next packet */
    guint64 settled; /* all before it are */
    guint64 oldest;  /* arrivals before are forgotten */
    gint64 newest_sent_us, newest_arrived_us, first_arrived_us;
    gboolean arrivals;
    TuttiSentPacket ring[TUTTI_SENT_LOG_PACKETS];
};

/* What is known of a stretch of time. */
typedef struct {
    guint64 bytes;        /* arrived */
    guint64 told, untold; /* bytes sent, by whether feedback spoke of them */
    gint64 first_us;      /* arrival */
    gint64 last_us;
    guint first_bytes; /* of the packet that arrived first */
    guint n;
} Sum;

static guint64
find_first_number (const TuttiSentLog *log)
{
    guint64 first = log->next > TUTTI_SENT_LOG_PACKETS ? log->next - TUTTI_SENT_LOG_PACKETS : 1;

    return MAX (first, log->oldest);
}

static void
add_packet (Sum *sum, const TuttiSentPacket *sent)
{
    if (sent->fate == TUTTI_SENT_UNTOLD) {
        sum->untold += sent->bytes;
        return;
    }
    sum->told += sent->bytes;
    if (sent->fate != TUTTI_SENT_ARRIVED)
        return;
    sum->bytes += sent->bytes;
    sum->last_us = sum->n == 0 ? sent->arrived_us : MAX (sum->last_us, sent->arrived_us);
    if (sum->n++ == 0 || sent->arrived_us < sum->first_us) {
        sum->first_us = sent->arrived_us;
        sum->first_bytes = sent->bytes;
    }
}

/* Of what arrived after since_us. */
static Sum
sum_up (const TuttiSentLog *log, gint64 since_us)
{
    guint64 first = find_first_number (log);
    gint64 stop_us = log->newest_sent_us - (log->newest_arrived_us - since_us) - REORDER_US;
    Sum sum = {0};

    for (guint64 number = log->next - 1; number >= first; number--) {
        const TuttiSentPacket *sent = &log->ring[number & MASK];

        if (sent->sent_us < stop_us)
            break;
        if (sent->fate == TUTTI_SENT_ARRIVED ? sent->arrived_us > since_us
                                             : sum.n > 0 && sent->sent_us <= log->newest_sent_us)
            add_packet (&sum, sent);
    }
    return sum;
}

static guint
divide (guint64 bytes, const Sum *sum, gint64 span_us)
{
    guint64 bits = bytes * 8;

    /* At most half of it is believed unseen. */
    if (sum->told > 0)
        bits += bits * MIN (sum->untold, sum->told) / sum->told;
    return (guint)MIN (bits * G_USEC_PER_SEC / (guint64)span_us, TUTTI_CONGESTION_MAX_BPS);
}

TuttiSentLog *
tutti_sent_log_new (void)
{
    TuttiSentLog *log = g_new0 (TuttiSentLog, 1);

    log->next = log->settled = log->oldest = 1;
    return log;
}

void
tutti_sent_log_free (TuttiSentLog *log)
{
    g_free (log);
}

guint16
tutti_sent_log_add (TuttiSentLog *log, gsize bytes, guint probe, gint64 now_us)
{
    guint64 number = log->next++;

    log->ring[number & MASK] = (TuttiSentPacket){.number = number,
                                                 .sent_us = now_us,
                                                 .bytes = (guint16)MIN (bytes, G_MAXUINT16),
                                                 .fate = TUTTI_SENT_UNTOLD,
                                                 .probe = probe};
    log->settled = MAX (log->settled, find_first_number (log));
    return (guint16)number;
}

TuttiSentPacket *
tutti_sent_log_find (TuttiSentLog *log, guint16 seq)
{
    guint16 back = (guint16)(log->next - seq);
    guint64 number;

    if (back == 0 || back >= log->next)
        return NULL;
    number = log->next - back;
    return number >= find_first_number (log) ? &log->ring[number & MASK] : NULL;
}

void
tutti_sent_log_note_arrival (TuttiSentLog *log, TuttiSentPacket *sent, gint64 arrived_us)
{
    sent->fate = TUTTI_SENT_ARRIVED;
    sent->arrived_us = arrived_us;
    if (!log->arrivals)
        log->first_arrived_us = log->newest_arrived_us = arrived_us;
    log->arrivals = TRUE;
    log->newest_sent_us = MAX (log->newest_sent_us, sent->sent_us);
    log->newest_arrived_us = MAX (log->newest_arrived_us, arrived_us);
}

const TuttiSentPacket *
tutti_sent_log_settle (TuttiSentLog *log, gint64 before_us)
{
    const TuttiSentPacket *sent = &log->ring[log->settled & MASK];

    if (log->settled >= log->next || sent->sent_us >= before_us)
        return NULL;
    log->settled++;
    return sent;
}

gint64
tutti_sent_log_get_newest_us (const TuttiSentLog *log)
{
    return log->newest_sent_us;
}

guint
tutti_sent_log_get_rate (const TuttiSentLog *log, gint64 window_us)
{
    gint64 span_us = MIN (window_us, log->newest_arrived_us - log->first_arrived_us);
    Sum sum;

    if (!log->arrivals || span_us < SPAN_MIN_US)
        return 0;
    sum = sum_up (log, log->newest_arrived_us - span_us);
    return divide (sum.bytes, &sum, span_us);
}

guint
tutti_sent_log_get_busy_rate (const TuttiSentLog *log, gint64 delay_us)
{
    guint64 first = find_first_number (log);
    gint64 span_us = 0;
    Sum sum = {0};

    for (guint64 number = log->next - 1; number >= first; number--) {
        const TuttiSentPacket *sent = &log->ring[number & MASK];

        if (sent->sent_us > log->newest_sent_us)
            continue;
        if (sent->fate == TUTTI_SENT_ARRIVED && sent->arrived_us - sent->sent_us < delay_us)
            break;
        add_packet (&sum, sent);
        span_us = sum.last_us - sum.first_us;
        if (sum.n >= BUSY_PACKETS && span_us >= BUSY_US)
            break;
    }
    if (sum.n < BUSY_PACKETS_MIN || span_us < BUSY_MIN_US)
        return 0;
    /* The first one's own time on the link lies before it arrived. */
    return divide (sum.bytes - sum.first_bytes, &sum, span_us);
}

guint64
tutti_sent_log_get_flying_bytes (const TuttiSentLog *log)
{
    guint64 first = find_first_number (log), bytes = 0;

    for (guint64 number = log->next - 1; number >= first; number--) {
        const TuttiSentPacket *sent = &log->ring[number & MASK];

        if (sent->sent_us <= log->newest_sent_us)
            break;
        bytes += sent->bytes;
    }
    return bytes;
}

void
tutti_sent_log_reset (TuttiSentLog *log)
{
    log->oldest = log->settled = log->next;
    log->arrivals = FALSE;
    log->newest_sent_us = 0;
}
