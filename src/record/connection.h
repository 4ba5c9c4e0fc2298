/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * connection.h: one connection of a live output, from its beginning to its end: a protocol and the
 * container that it takes, by libavformat; or one run of HLS into a directory. Timestamps begin at
 * 0. It blocks on the peer; whoever opened it is asked meanwhile whether to go on. Role: file.
 */
#pragma once

#include "unit.h"
#include "url.h"

typedef struct _TuttiConnection TuttiConnection;

/* A name is looked up, TCP and TLS shake hands, a server answers: slower ones are not worth waiting
 * for, as a next attempt follows. */
#define TUTTI_CONNECTION_OPEN_US (10 * G_USEC_PER_SEC)
/* A peer that takes nothing for so long is gone. */
#define TUTTI_CONNECTION_WRITE_US (5 * G_USEC_PER_SEC)
/* For the last words when we leave. */
#define TUTTI_CONNECTION_CLOSE_US (G_USEC_PER_SEC)

/* Pointers must be good until it is closed. */
typedef struct {
    const TuttiUrl *url;
    const char *directory;    /* HLS */
    const char *certificates; /* RTMPS: file of those who may vouch; NULL: the system's */
    guint segment_s;          /* HLS */
    int width, height;
    guint frame_rate, channels;
    guint bitrate_bps, audio_bitrate_bps;     /* as encoded, for the peer to know */
    gboolean (*is_over) (gpointer user_data); /* asked while it blocks; TRUE: give up now */
    gpointer user_data;
} TuttiConnectionSetup;

/* NULL: why (at least TUTTI_CONNECTION_WHY_BYTES) says why, without secrets. */
#define TUTTI_CONNECTION_WHY_BYTES 128
TuttiConnection *tutti_connection_open (const TuttiConnectionSetup *setup, char *why);
/* Says what is needed to the peer if it still listens; HLS: the playlist ends. */
void tutti_connection_close (TuttiConnection *connection);

/* What the peer must know before all else. first: a key frame of H.264; aac_config: an
 * AudioSpecificConfig. FALSE: it failed, as with all that follows. */
gboolean tutti_connection_begin (TuttiConnection *connection, const TuttiUnit *first,
                                 const guint8 *aac_config, gsize aac_config_bytes);
/* time_us: from 0. */
gboolean tutti_connection_write_picture (TuttiConnection *connection, const TuttiUnit *unit,
                                         gint64 time_us);
/* position_samples: from 0. */
gboolean tutti_connection_write_sound (TuttiConnection *connection, const guint8 *data,
                                       gsize length_bytes, gint64 position_samples);
/* What went wrong, for people; "" nothing. */
const char *tutti_connection_get_why (const TuttiConnection *connection);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiConnection, tutti_connection_close)
