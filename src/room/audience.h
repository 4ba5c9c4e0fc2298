/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * audience.h: the snapshot an audio round works on: whom to hear and where the mix goes. Made on
 * main, immutable once handed over.
 */
#pragma once

#include <tutti/port.h>

#include "mixers/audio/audio-mixer.h"

typedef struct {
    guint id; /* 0: nobody's, hears all */
    TuttiQueue *queue;
    guint loss_percent; /* that an encoder of its own is to expect */
    /* Only listens: see pairs.h. Its state there is an atomic rc box, of which the audience has a
     * reference; NULL: never. */
    gboolean is_patient;
    gboolean *is_paired;
} TuttiEar;

typedef struct {
    GArray *voices;     /* of TuttiAudioInput */
    GArray *inboxes;    /* of TuttiQueue*, one for each voice: what it has yet to say */
    guint loss_percent; /* that the shared encoder is to expect */
    GArray *ears;       /* of TuttiEar */
    guint n_patient;    /* of them */
} TuttiAudience;

TuttiAudience *tutti_audience_new (void);
void tutti_audience_free (gpointer audience);

/* inbox, what ear points to: references are kept. */
void tutti_audience_add_voice (TuttiAudience *audience, const TuttiAudioInput *voice,
                               TuttiQueue *inbox);
void tutti_audience_add_ear (TuttiAudience *audience, const TuttiEar *ear);

/* TRUE: somebody could hear somebody else, so rounds are needed. */
gboolean tutti_audience_is_needed (const TuttiAudience *audience);
/* Shut while there are no rounds: what came meanwhile would be old news when they begin. */
void tutti_audience_set_shut (TuttiAudience *audience, gboolean shut);
