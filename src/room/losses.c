/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * losses.c: see losses.h. Role: main.
 */
#include "losses.h"

#include <stdlib.h>

/* Reports are of 50 packets or of 250: what was lost over some four seconds counts. */
#define MEMORY 0.25f
/* A step is left when a third less is lost. */
#define KEEP 0.67f

static const guint steps[] = {0, 2, 5, 10, 20, 30};

static guint
choose_step (float percent, guint current)
{
    guint chosen = 0;

    for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
        if (percent >= (float)steps[i] * (steps[i] <= current ? KEEP : 1))
            chosen = steps[i];
    return chosen;
}

static int
compare_descending (gconstpointer a, gconstpointer b)
{
    return (int)*(const guint *)b - (int)*(const guint *)a;
}

gboolean
tutti_loss_take (TuttiLoss *loss, guint8 fraction_lost, gboolean mended)
{
    TuttiLoss before = *loss;

    loss->share += MEMORY * ((float)fraction_lost / 256 - loss->share);
    loss->percent = choose_step (loss->share * 100, loss->percent);
    loss->mended = mended;
    return loss->percent != before.percent || loss->mended != before.mended;
}

guint
tutti_loss_for_own (const TuttiLoss *loss)
{
    return loss->mended ? 0 : loss->percent;
}

guint
tutti_losses_for_shared (const TuttiLoss *losses, guint n_losses)
{
    g_autofree guint *percents = g_new (guint, MAX (n_losses, 1));
    guint n = 0, n_worst, sum = 0;

    for (guint i = 0; i < n_losses; i++)
        if (!losses[i].mended)
            percents[n++] = losses[i].percent;
    if (n == 0)
        return 0;
    qsort (percents, n, sizeof *percents, compare_descending);
    n_worst = (n + 2) / 3;
    for (guint i = 0; i < n_worst; i++)
        sum += percents[i];
    return (sum + n_worst / 2) / n_worst;
}
