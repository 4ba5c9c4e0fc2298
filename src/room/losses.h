/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * losses.h: how much of our sound its listeners lose, as the in-band FEC of its encoders is to know
 * it. Pure. Role: main.
 *
 *   each leg's reports -> one listener's loss -> its own encoder, while it talks
 *                                  \-> of all -> worst third -> the encoder that all others share
 *
 * A third, not one: what it costs, all pay. With libopus 1.3 at 64 kbit/s that is 0.1 dB of a voice
 * at 1 % loss and 0.3 dB at 20 %, and no bandwidth (our encoders stay in hybrid mode, which has
 * FEC; only steady tones and music get none); at 32 kbit/s 0.7 dB from 8 % on; at 24 kbit/s all
 * above 8 kHz. And not the average, in which a few bad links of many drown.
 */
#pragma once

#include <glib.h>

typedef struct {
    float share;     /* smoothed, 0 to 1 */
    guint percent;   /* in steps, so that encoders aren't told of each lost packet */
    gboolean mended; /* its packets come with redundancy (RED): FEC has nothing to add */
} TuttiLoss;

/* Once a second: fraction_lost of 256, of its last report. TRUE: percent or mended changed. */
gboolean tutti_loss_take (TuttiLoss *loss, guint8 fraction_lost, gboolean mended);
/* What its own encoder is to expect. */
guint tutti_loss_for_own (const TuttiLoss *loss);

/* What the shared encoder is to expect: the mean over the third of the listeners that loses most,
 * those whose losses are mended not counted. */
guint tutti_losses_for_shared (const TuttiLoss *losses, guint n_losses);
