/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* arrivals.c: see arrivals.h. */
#include "arrivals.h"

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
note_noise (TuttiArrivals *arrivals, const TuttiSent *sent, gint64 arrived_us)
{
    gint64 late_us = arrivals->latest_us - arrived_us;

    if (sent->sent_us - arrivals->turn_us > NOISE_US) {
        arrivals->noise_before_us = arrivals->noise_us;
        arrivals->noise_us = 0;
        arrivals->turn_us = sent->sent_us;
    }
    if (late_us < 0) {
        if (late_us < -BUNCH_US || sent->bytes < BUNCH_BYTES)
            arrivals->bunch_us = sent->sent_us;
        else /* it was held up with those before it */
            late_us = sent->sent_us - arrivals->bunch_us;
        arrivals->latest_us = arrived_us;
    }
    arrivals->noise_us = MAX (arrivals->noise_us, MIN (late_us, NOISE_MAX_US));
}

void
tutti_arrivals_open (TuttiArrivals *arrivals, guint32 reference)
{
    gint32 step = (gint32)((reference - arrivals->reference) << 8) >> 8; /* 24 bits */

    if (arrivals->known)
        arrivals->base_us += (gint64)step * TUTTI_TWCC_REFERENCE_US;
    if (ABS (arrivals->base_us) > SCALE_MAX_US) /* a hostile peer turns its clock on and on */
        arrivals->base_us = 0;
    arrivals->known = TRUE;
    arrivals->reference = reference;
}

gint64
tutti_arrivals_get_us (const TuttiArrivals *arrivals, gint64 ticks)
{
    return arrivals->base_us + ticks * TUTTI_TWCC_TICK_US;
}

gboolean
tutti_arrivals_take (TuttiArrivals *arrivals, const TuttiSent *sent, gint64 arrived_us)
{
    gint64 delay_us = arrived_us - sent->sent_us;

    if (arrivals->begun && ABS (delay_us - arrivals->delay_us) > CLOCK_JUMP_US) {
        *arrivals = (TuttiArrivals){.known = TRUE, .reference = arrivals->reference};
        return FALSE;
    }
    if (!arrivals->begun) {
        arrivals->latest_us = arrived_us;
        arrivals->bunch_us = sent->sent_us;
        arrivals->turn_us = sent->sent_us;
    }
    arrivals->begun = TRUE;
    arrivals->delay_us = delay_us;
    note_noise (arrivals, sent, arrived_us);
    return TRUE;
}

gint64
tutti_arrivals_get_noise_us (const TuttiArrivals *arrivals)
{
    return MAX (arrivals->noise_us, arrivals->noise_before_us);
}
