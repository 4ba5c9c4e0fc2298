/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * player-line.h: one stream of a film on its way from the file to its decoder's frames: packets
 * that were read while the other stream was looked for, and the decoder. Role: file.
 */
#pragma once

#include "player-file.h"

typedef struct {
    int stream; /* -1: the file has none */
    AVRational time_base;
    AVCodecContext *codec; /* NULL: likewise */
    GQueue packets;        /* of AVPacket */
    gsize bytes;
    gboolean is_draining, has_ended;
    guint64 n_frames; /* of this pass */
} TuttiPlayerLine;

/* As tutti_player_file_open_codec(). */
gboolean tutti_player_line_open (TuttiPlayerLine *line, TuttiPlayerFile *file,
                                 enum AVMediaType type, const char **why);
/* The file was opened anew: its decoder begins anew. FALSE: the stream is not there any more. */
gboolean tutti_player_line_rewind (TuttiPlayerLine *line, TuttiPlayerFile *file);
void tutti_player_line_close (TuttiPlayerLine *line);

/* Takes over what the packet refers to. */
void tutti_player_line_push (TuttiPlayerLine *line, AVPacket *packet);
/* Enough waits: what it would take to find more of the other stream is not there. */
gboolean tutti_player_line_is_full (const TuttiPlayerLine *line);
/* Leaves out what can't be shown without what came before. */
void tutti_player_line_skip_to_key (TuttiPlayerLine *line);

typedef enum {
    TUTTI_PLAYER_LINE_FRAME,
    TUTTI_PLAYER_LINE_BUSY,   /* something was done; ask again */
    TUTTI_PLAYER_LINE_HUNGRY, /* it needs packets */
    TUTTI_PLAYER_LINE_ENDED,
} TuttiPlayerLineResult;

/* at_end: the file has no more packets. What is damaged is left out. */
TuttiPlayerLineResult tutti_player_line_decode (TuttiPlayerLine *line, gboolean at_end,
                                                AVFrame *frame);
