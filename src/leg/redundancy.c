/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * redundancy.c: see redundancy.h. Role: net.
 */
#include "redundancy.h"

#include "red.h"

/* With one old packet, a loss of p leaves p^2: 0.04 % of 2 %, which nobody hears, but 1 % of 10 %;
 * with two p^3. */
#define LOSS_FOR_ONE 0.02
#define LOSS_FOR_TWO 0.08
/* Fewer only when half of that is lost, and for so long: it costs 25 kbit/s to have it for
 * nothing, and a gap in the sound to lack it. */
#define CALM 0.5
#define CALM_US (10 * G_USEC_PER_SEC)
/* Reports come each second or each five (RFC 3550 section 6.2): what is lost over two counts. */
#define MEMORY_US (2 * G_USEC_PER_SEC)
#define FIRST_US G_USEC_PER_SEC

static guint
judge (gdouble loss)
{
    return loss >= LOSS_FOR_TWO ? 2 : loss >= LOSS_FOR_ONE ? 1 : 0;
}

void
tutti_redundancy_init (TuttiRedundancy *redundancy)
{
    *redundancy = (TuttiRedundancy){.most = TUTTI_RED_PAST_MAX};
}

void
tutti_redundancy_take (TuttiRedundancy *redundancy, gdouble loss, gint64 now_us)
{
    gint64 since_us = redundancy->told_us ? now_us - redundancy->told_us : FIRST_US;
    gdouble weight = CLAMP ((gdouble)since_us / MEMORY_US, 0, 1);
    guint least;

    redundancy->told_us = now_us;
    redundancy->loss += weight * (loss - redundancy->loss);
    redundancy->n_old = MAX (redundancy->n_old, judge (redundancy->loss));
    least = judge (redundancy->loss / CALM);
    if (least >= redundancy->n_old) {
        redundancy->calm_us = 0;
    } else if (redundancy->calm_us == 0) {
        redundancy->calm_us = now_us;
    } else if (now_us - redundancy->calm_us >= CALM_US) {
        redundancy->n_old = least;
        redundancy->calm_us = 0;
    }
}

void
tutti_redundancy_limit (TuttiRedundancy *redundancy, guint most)
{
    redundancy->most = most;
}

guint
tutti_redundancy_get (const TuttiRedundancy *redundancy)
{
    return MIN (redundancy->n_old, redundancy->most);
}
