/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * names.h: what a recording's files are called, and which take a file belongs to. Pure; any thread.
 *
 * A take's name is ROOM-YYYYMMDDTHHMMSSZ, with -2, -3, ... behind it when that is taken. A room
 * whose name begins with '.' or '-' is written with '@' before it, which no room's name holds: the
 * file is neither hidden nor an option to a command, and the room can be read back.
 */
#pragma once

#include "store.h"

/* What a name may have behind the take's. */
typedef enum {
    TUTTI_PIECE_MIX,        /* .webm .mkv .mp4 */
    TUTTI_PIECE_PART,       /* .webm.part: being written, or cut by a crash */
    TUTTI_PIECE_RECOVERING, /* .webm.recovering: what recovery makes of the part */
    TUTTI_PIECE_BROKEN,     /* .webm.broken: a part with nothing in it to be played */
    TUTTI_PIECE_SIDECAR,    /* .json */
    TUTTI_PIECE_CHAPTERS,   /* .vtt */
    TUTTI_PIECE_DRAFT,      /* hidden: .json.part .vtt.part: being made of the notes */
    TUTTI_PIECE_TRACKS,     /* .tracks/ */
    TUTTI_PIECE_NOTES,      /* hidden: a dot before it, .notes behind it */
} TuttiPiece;

typedef struct {
    TuttiPiece piece;
    TuttiContainer container; /* of the mix, the part and what comes of it */
    gboolean is_hidden;
    const char *ending;
} TuttiEnding;

/* Every ending there is; i from 0, NULL: no more. Constants. */
const TuttiEnding *tutti_ending_get (guint i);
#define TUTTI_ENDINGS_MAX 32 /* so that a take's files are bits of a word */

/* As many takes of one room may begin within a second. */
#define TUTTI_TAKE_NUMBER_MAX 999

/* number: 1 for the first. room: a valid room name. Free it. */
char *tutti_take_name_new (const char *room, gint64 wall_us, guint number);
/* FALSE: no take is called so. room (free it) and started_us may be NULL. */
gboolean tutti_take_name_parse (const char *take, char **room, gint64 *started_us);

/* A take's file with that ending; free it. */
char *tutti_ending_file_new (const TuttiEnding *ending, const char *take);
/* Which of a take's files it is; NULL: none. take: free it. */
const TuttiEnding *tutti_ending_parse (const char *file, char **take);

/* One name within a directory that may be given to a file by us: not hidden, no way out. */
gboolean tutti_file_name_is_safe (const char *name);
