/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rate-probe.c: see rate-probe.h. */
#include "rate-probe.h"

#define MSEC 1000
/* The two first ones, and one that outlives them. */
#define BURSTS 3
/* Long enough to see past one late wake-up at the other end, short enough to queue little. */
#define BURST_US (20 * MSEC)
/* Slow bursts may last longer, for the sake of what is below. */
#define BURST_SLOW_US (40 * MSEC)
/* Gaps between fewer packets are too few. */
#define PACKETS_MIN 5
#define PACKET_BYTES 1200
/* Nobody came for it. */
#define WAIT_US (1000 * MSEC)
/* The sender was held up: the rest of the burst would be another one. */
#define SEND_SLACK_US (60 * MSEC)
/* No feedback about it comes any more. */
#define ANSWER_US (1500 * MSEC)
/* Fewer, or less than half of them, say nothing. */
#define ARRIVALS_MIN 3
/* A sender keeps to the rate that it is asked for, about. */
#define FASTER 1.1
/* Arrived as fast as sent, but for ticks. */
#define HELD_SHARE 0.88
/* A queue grew: what arrived is what the link carries; a margin keeps the queue from staying. */
#define BELIEVED_SHARE 0.95

typedef struct {
    guint id; /* 0: free */
    guint rate_bps, bytes;
    gint64 end_us;
    gboolean whole; /* nothing is to be sent any more */
    struct {
        guint n, last_bytes;
        guint64 bytes;
        gint64 first_us, last_us;
    } sent;
    struct {
        guint n, first_bytes;
        guint64 bytes;
        gint64 first_us, last_us;           /* arrival */
        gint64 first_sent_us, last_sent_us; /* of those that arrived */
    } arrived;
} Burst;

struct _TuttiRateProbe {
    guint last_id;
    Burst bursts[BURSTS]; /* oldest first */
};

static Burst *
find_burst (TuttiRateProbe *probe, guint id)
{
    for (guint i = 0; i < BURSTS; i++)
        if (id != 0 && probe->bursts[i].id == id)
            return &probe->bursts[i];
    return NULL;
}

static void
drop_oldest (TuttiRateProbe *probe)
{
    for (guint i = 1; i < BURSTS; i++)
        probe->bursts[i - 1] = probe->bursts[i];
    probe->bursts[BURSTS - 1] = (Burst){0};
}

static guint
choose_bytes (guint rate_bps)
{
    guint bytes = (guint)((guint64)rate_bps * BURST_US / 8 / G_USEC_PER_SEC);
    guint slow = (guint)((guint64)rate_bps * BURST_SLOW_US / 8 / G_USEC_PER_SEC);

    return MAX (bytes, MIN (slow, PACKETS_MIN * PACKET_BYTES));
}

/* Everything about it is known, or never will be. */
static gboolean
is_settled (const Burst *burst, const TuttiProbeLight *light, gint64 now_us)
{
    if (!burst->whole)
        return FALSE;
    if (burst->sent.n == 0 || burst->arrived.n == burst->sent.n)
        return TRUE;
    return light->newest_us > burst->sent.last_us + light->noise_us + BURST_US ||
           now_us - burst->sent.last_us > ANSWER_US;
}

static TuttiProbeResult
measure (const Burst *burst, const TuttiProbeLight *light)
{
    gint64 sent_us = burst->sent.last_us - burst->sent.first_us;
    gint64 span_us = burst->arrived.last_us - burst->arrived.first_us;
    gint64 arrivals_us = burst->arrived.last_sent_us - burst->arrived.first_sent_us;
    double sent_bps, arrived_bps;
    TuttiProbeResult result = {0};

    if (burst->sent.n < PACKETS_MIN ||
        burst->arrived.n < MAX (ARRIVALS_MIN, (burst->sent.n + 1) / 2))
        return result;
    span_us = MAX (span_us - light->noise_us, MIN (span_us, arrivals_us));
    sent_bps = (double)(burst->sent.bytes - burst->sent.last_bytes) * 8 * G_USEC_PER_SEC /
               (double)MAX (sent_us, 1);
    /* Sent faster than asked for: all at once may well be held up and arrive at once. */
    sent_bps = MIN (sent_bps, burst->rate_bps * FASTER);
    arrived_bps = (double)(burst->arrived.bytes - burst->arrived.first_bytes) * 8 * G_USEC_PER_SEC /
                  MAX (span_us, 1) / (1 - light->own_loss);
    result.held = arrived_bps >= sent_bps * HELD_SHARE;
    result.rate_bps = (guint)MIN (result.held ? sent_bps : arrived_bps * BELIEVED_SHARE,
                                  TUTTI_CONGESTION_MAX_BPS);
    if (!result.held)
        result.link_bps = (guint)MIN (arrived_bps, TUTTI_CONGESTION_MAX_BPS);
    return result;
}

TuttiRateProbe *
tutti_rate_probe_new (void)
{
    return g_new0 (TuttiRateProbe, 1);
}

void
tutti_rate_probe_free (TuttiRateProbe *probe)
{
    g_free (probe);
}

gboolean
tutti_rate_probe_add (TuttiRateProbe *probe, guint rate_bps, gint64 now_us)
{
    for (guint i = 0; i < BURSTS; i++) {
        Burst *burst = &probe->bursts[i];

        if (burst->id != 0)
            continue;
        if (++probe->last_id == 0)
            probe->last_id = 1;
        *burst = (Burst){.id = probe->last_id,
                         .rate_bps = rate_bps,
                         .bytes = choose_bytes (rate_bps),
                         .end_us = now_us + WAIT_US};
        return TRUE;
    }
    return FALSE;
}

gboolean
tutti_rate_probe_get (TuttiRateProbe *probe, TuttiProbe *wanted, gint64 now_us)
{
    for (guint i = 0; i < BURSTS; i++) {
        const Burst *burst = &probe->bursts[i];

        if (burst->id == 0 || burst->whole || now_us >= burst->end_us)
            continue;
        *wanted = (TuttiProbe){
            .id = burst->id,
            .rate_bps = burst->rate_bps,
            .bytes_left = burst->sent.bytes < burst->bytes
                              ? (guint)(burst->bytes - burst->sent.bytes)
                              : 1, /* packets are wanting */
        };
        return TRUE;
    }
    return FALSE;
}

gboolean
tutti_rate_probe_is_busy (const TuttiRateProbe *probe)
{
    return probe->bursts[0].id != 0;
}

gint64
tutti_rate_probe_get_end_us (const TuttiRateProbe *probe)
{
    const Burst *burst = &probe->bursts[0];

    if (burst->id == 0)
        return G_MAXINT64;
    return burst->whole ? burst->sent.last_us + ANSWER_US + 1 : burst->end_us;
}

void
tutti_rate_probe_reset (TuttiRateProbe *probe)
{
    *probe = (TuttiRateProbe){.last_id = probe->last_id};
}

void
tutti_rate_probe_take_sent (TuttiRateProbe *probe, guint id, guint bytes, gint64 now_us)
{
    Burst *burst = find_burst (probe, id);

    if (burst == NULL || burst->whole)
        return;
    if (burst->sent.n++ == 0) {
        burst->sent.first_us = now_us;
        burst->end_us = now_us + SEND_SLACK_US +
                        2 * (gint64)((guint64)MAX (burst->bytes, PACKETS_MIN * PACKET_BYTES) * 8 *
                                     G_USEC_PER_SEC / burst->rate_bps);
    }
    burst->sent.last_us = now_us;
    burst->sent.last_bytes = bytes;
    burst->sent.bytes += bytes;
    burst->whole = burst->sent.bytes >= burst->bytes && burst->sent.n >= PACKETS_MIN;
}

void
tutti_rate_probe_take_arrival (TuttiRateProbe *probe, guint id, guint bytes, gint64 sent_us,
                               gint64 arrived_us)
{
    Burst *burst = find_burst (probe, id);

    if (burst == NULL)
        return;
    if (burst->arrived.n == 0 || arrived_us < burst->arrived.first_us) {
        burst->arrived.first_us = arrived_us;
        burst->arrived.first_bytes = bytes;
    }
    if (burst->arrived.n == 0)
        burst->arrived.first_sent_us = sent_us;
    burst->arrived.last_us =
        burst->arrived.n == 0 ? arrived_us : MAX (burst->arrived.last_us, arrived_us);
    burst->arrived.first_sent_us = MIN (burst->arrived.first_sent_us, sent_us);
    burst->arrived.last_sent_us = MAX (burst->arrived.last_sent_us, sent_us);
    burst->arrived.bytes += bytes;
    burst->arrived.n++;
}

gboolean
tutti_rate_probe_judge (TuttiRateProbe *probe, const TuttiProbeLight *light,
                        TuttiProbeResult *result, gint64 now_us)
{
    Burst *burst = &probe->bursts[0];

    burst->whole |= now_us >= burst->end_us; /* as far as it came */
    if (burst->id == 0 || !is_settled (burst, light, now_us))
        return FALSE;
    *result = measure (burst, light);
    drop_oldest (probe);
    return TRUE;
}
