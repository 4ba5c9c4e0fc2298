/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* peer-clock.c: see peer-clock.h. */
#include "peer-clock.h"

#include "twcc-read.h"

#define MSEC 1000
/* Nobody's delay changes by more: another clock. */
#define CLOCK_JUMP_US (10 * (gint64)G_USEC_PER_SEC)
#define SCALE_MAX_US (G_MAXINT64 / 4)
/* What was so long ago is forgotten. */
#define NOISE_US (5 * (gint64)G_USEC_PER_SEC)
/* More is a queue somewhere, not jitter. */
#define NOISE_MAX_US (200 * MSEC)
/* Packets of such a size so close were held up together: no link that needs an estimate sends at
 * 10 Mbit/s. */
#define BUNCH_BYTES 500
#define BUNCH_US 400

static void
note_noise (TuttiPeerClock *clock, const TuttiSentPacket *sent, gint64 arrived_us)
{
    gint64 late_us = clock->latest_us - arrived_us;

    if (sent->sent_us - clock->turn_us > NOISE_US) {
        clock->noise_before_us = clock->noise_us;
        clock->noise_us = 0;
        clock->turn_us = sent->sent_us;
    }
    if (late_us < 0) {
        if (late_us < -BUNCH_US || sent->bytes < BUNCH_BYTES)
            clock->bunch_us = sent->sent_us;
        else /* it was held up with those before it */
            late_us = sent->sent_us - clock->bunch_us;
        clock->latest_us = arrived_us;
    }
    clock->noise_us = MAX (clock->noise_us, MIN (late_us, NOISE_MAX_US));
}

void
tutti_peer_clock_open (TuttiPeerClock *clock, guint32 reference)
{
    gint32 step = (gint32)((reference - clock->reference) << 8) >> 8; /* 24 bits */

    if (clock->known)
        clock->base_us += (gint64)step * TUTTI_TWCC_REFERENCE_US;
    if (ABS (clock->base_us) > SCALE_MAX_US) /* a hostile peer turns its clock on and on */
        clock->base_us = 0;
    clock->known = TRUE;
    clock->reference = reference;
}

gint64
tutti_peer_clock_get_us (const TuttiPeerClock *clock, gint64 ticks)
{
    return clock->base_us + ticks * TUTTI_TWCC_TICK_US;
}

gboolean
tutti_peer_clock_take (TuttiPeerClock *clock, const TuttiSentPacket *sent, gint64 arrived_us)
{
    gint64 delay_us = arrived_us - sent->sent_us;

    if (clock->begun && ABS (delay_us - clock->delay_us) > CLOCK_JUMP_US) {
        *clock = (TuttiPeerClock){.known = TRUE, .reference = clock->reference};
        return FALSE;
    }
    if (!clock->begun) {
        clock->latest_us = arrived_us;
        clock->bunch_us = sent->sent_us;
        clock->turn_us = sent->sent_us;
    }
    clock->begun = TRUE;
    clock->delay_us = delay_us;
    note_noise (clock, sent, arrived_us);
    return TRUE;
}

gint64
tutti_peer_clock_get_noise_us (const TuttiPeerClock *clock)
{
    return MAX (clock->noise_us, clock->noise_before_us);
}
