/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * broadcast.h: what waits in an output's queues, made into what its connections take: whole
 * pictures from a key frame on, AAC, both on one timeline that begins with each connection at 0.
 * Role: file.
 */
#pragma once

#include <tutti/port.h>

#include "connection.h"

typedef struct _TuttiBroadcast TuttiBroadcast;

typedef struct {
    TuttiQueue *audio, *video; /* references are kept, as of the next */
    TuttiWish *key_frame;
    guint channels, audio_bitrate_bps;
} TuttiBroadcastSetup;

typedef struct {
    guint64 bytes, pictures, sounds;
    guint64 dropped; /* packets of pictures that found no place since the peer was slow */
} TuttiBroadcastStats;

TuttiBroadcast *tutti_broadcast_new (const TuttiBroadcastSetup *setup);
void tutti_broadcast_free (TuttiBroadcast *broadcast);

/* Lets go of all that waits; what comes next begins with a key frame, which is wished. */
void tutti_broadcast_restart (TuttiBroadcast *broadcast);
/* Lets go of all that waits. */
void tutti_broadcast_discard (TuttiBroadcast *broadcast);
/* Sends all that waits. FALSE: the connection must end; why (TUTTI_CONNECTION_WHY_BYTES) is filled.
 */
gboolean tutti_broadcast_work (TuttiBroadcast *broadcast, TuttiConnection *connection,
                               gint64 now_us, char *why);
/* TRUE since the first picture was sent. */
gboolean tutti_broadcast_has_begun (const TuttiBroadcast *broadcast);
/* Of all connections. */
const TuttiBroadcastStats *tutti_broadcast_get_stats (const TuttiBroadcast *broadcast);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TuttiBroadcast, tutti_broadcast_free)
