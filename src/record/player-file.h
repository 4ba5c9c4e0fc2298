/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * player-file.h: a film's file, opened for reading by its descriptor alone: formats that name other
 * files or addresses (playlists, image sequences, session descriptions) are not among those that
 * are tried, and nothing else can be opened from within. Role: file.
 */
#pragma once

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include <tutti/types.h>

#include <stdatomic.h>

/* Films have a handful: languages, subtitles, covers. */
#define TUTTI_PLAYER_STREAMS_MAX 64

typedef struct _TuttiPlayerFile TuttiPlayerFile;

/* fd: borrowed; its own offset is neither used nor moved. A regular file. stop: reading ends when
 * it is set. is_known: it was opened before, so its streams are looked into only where the format's
 * head doesn't list them: that takes the most time. NULL: *why for people (a literal). */
TuttiPlayerFile *tutti_player_file_open (int fd, const _Atomic int *stop, gboolean is_known,
                                         const char **why);
void tutti_player_file_close (TuttiPlayerFile *file);

AVFormatContext *tutti_player_file_get_format (TuttiPlayerFile *file);

/* The best stream of a kind with its decoder opened; *context stays NULL when there is none. FALSE:
 * there is one that can't be played; *why. */
gboolean tutti_player_file_open_codec (TuttiPlayerFile *file, enum AVMediaType type,
                                       AVCodecContext **context, int *stream, const char **why);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiPlayerFile, tutti_player_file_close)
