/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * studio.h: a room that is recorded, with callers of one tone and one colour each, and what its
 * files are asked for.
 */
#pragma once

#include "caller.h"
#include "record-kit.h"
#include "recorded.h"
#include "room/recording.h"

extern const CallerSetup RED, GREEN, BLUE;

/* Sent at -12 dB. */
#define HEARD_DB (-30.0)
#define UNHEARD_DB (-50.0)
/* A voice's way through jitter buffer, fade and encoder, and a picture's; on a busy machine. */
#define LATE_S 1.5

typedef struct {
    Scratch scratch;
    Party *party;
    TuttiRoom *room;
    GString *news; /* "state file why\n" */
    gint64 started_us;
} Studio;

/* settings: beside those that any studio has. */
void studio_open (Studio *studio, const char *settings);
void studio_close (Studio *studio);
/* Since the recording began. */
double studio_get_time_s (const Studio *studio);
/* The caller's room is recorded from now on. */
void studio_start (Studio *studio, Caller *caller, const TuttiRecordingOptions *options);
/* The name of the file that the last line of the news is about, once it is in that state. */
char *studio_wait_for_file (Studio *studio, const char *state);
Recorded *studio_read_film (Studio *studio, const char *file);

/* How many of the nine places of a grid show the colour then. */
guint studio_count_places (Recorded *film, double at_s, const guint8 *wanted);
