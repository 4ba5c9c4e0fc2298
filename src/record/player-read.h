/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * player-read.h: reads a film pass by pass: file -> packets -> frames -> the sound's ring and the
 * pictures that wait, a little ahead of what is heard and seen. When the decoder can't keep up,
 * pictures are left out, never sound. Role: file.
 */
#pragma once

#include "player-file.h"
#include "player-show.h"
#include "player-sound.h"

typedef struct _TuttiPlayerReader TuttiPlayerReader;

typedef struct {
    int fd; /* borrowed */
    gboolean loop;
    int max_width, max_height;
    TuttiPlayerTime *time;
    TuttiPlayerSound *sound;
    TuttiPlayerShow *show;
    const _Atomic int *stop;
} TuttiPlayerReaderSetup;

/* NULL: *why. */
TuttiPlayerReader *tutti_player_reader_new (const TuttiPlayerReaderSetup *setup, const char **why);
void tutti_player_reader_free (TuttiPlayerReader *reader);

gboolean tutti_player_reader_has_sound (const TuttiPlayerReader *reader);
gboolean tutti_player_reader_has_pictures (const TuttiPlayerReader *reader);
/* Of one pass, us; 0: not known. */
gint64 tutti_player_reader_get_length_us (const TuttiPlayerReader *reader);

typedef enum {
    TUTTI_PLAYER_READER_BUSY, /* something was done; go on */
    TUTTI_PLAYER_READER_IDLE, /* all is full, or read */
    TUTTI_PLAYER_READER_FAILED,
} TuttiPlayerReaderResult;

/* Does the next thing that there is to do: at most a picture's decoding. *why when it failed. */
TuttiPlayerReaderResult tutti_player_reader_step (TuttiPlayerReader *reader, gint64 now_us,
                                                  const char **why);
/* Enough of both is there to begin, or to go on. */
gboolean tutti_player_reader_is_ready (TuttiPlayerReader *reader);
