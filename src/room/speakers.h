/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * speakers.h: from what each audio round hears to what people are told and shown: who is speaking,
 * without flicker. Pure; time is an argument. Role: main.
 */
#pragma once

#include "mixers/audio/audio-mixer.h"

/* Protocol: active_speaker at most so often. A syllable lasts about 200 ms: faster is flicker. */
#define TUTTI_SPEAKERS_INTERVAL_US (300 * TUTTI_USEC_PER_MSEC)
/* The same people in another order of loudness are told less often. */
#define TUTTI_SPEAKERS_ORDER_US (1000 * TUTTI_USEC_PER_MSEC)
/* Somebody has to be the loudest for so long to take the large place from one who still speaks. */
#define TUTTI_SPEAKER_TAKEOVER_US (1000 * TUTTI_USEC_PER_MSEC)

typedef struct {
    guint n;
    guint ids[TUTTI_TALKERS_MAX]; /* loudest first */
} TuttiHeard;

typedef struct {
    TuttiHeard heard; /* newest */
    TuttiHeard told;
    gint64 told_us;
    guint main; /* the speaker shown large; 0 until somebody spoke */
    guint rival;
    gint64 rival_since_us;
} TuttiSpeakers;

void tutti_speakers_hear (TuttiSpeakers *speakers, const TuttiHeard *heard, gint64 now_us);

typedef enum {
    TUTTI_SPEAKERS_TOLD = 1 << 0,
    TUTTI_SPEAKERS_MAIN = 1 << 1,
} TuttiSpeakersChange;

/* Moves on to now: what changed. */
TuttiSpeakersChange tutti_speakers_update (TuttiSpeakers *speakers, gint64 now_us);
/* When to call update() again; -1: not before the next hear(). */
gint64 tutti_speakers_due_us (const TuttiSpeakers *speakers);

gboolean tutti_speakers_is_speaking (const TuttiSpeakers *speakers, guint id);
/* Forgets one who left; TRUE if it had been told as speaking. */
gboolean tutti_speakers_remove (TuttiSpeakers *speakers, guint id);
