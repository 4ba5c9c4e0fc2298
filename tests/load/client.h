/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client.h: one person of the load: signalling over a WebSocket, media by a peer. What comes is
 * counted, not decoded. Role: main, except where said.
 */
#pragma once

#include <libsoup/soup.h>

#include "clips.h"
#include "media.h"

typedef struct _LoadClient LoadClient;

typedef struct {
    const char *url;        /* ws://HOST:PORT/ws or wss: */
    char *room, *name;      /* copied */
    gboolean listener;      /* sends nothing */
    gboolean camera;        /* sends pictures */
    gboolean canvas;        /* takes pictures */
    gboolean transport_cc;  /* as browsers have it */
    LightNet *light;        /* its media are light ones of this; NULL: whole ones */
    TuttiQueue *in[2];      /* by TuttiKind: gets what comes too; or NULL */
    const char *watched_id; /* layout() is told of this participant; NULL: of none */
    /* Where the watched one is seen, of a canvas so large. */
    void (*layout) (const TuttiRect *tile, int width, int height, gpointer user_data);
    gpointer user_data;
} LoadClientSetup;

LoadClient *load_client_new (SoupSession *session, TuttiNet *net, const LoadClientSetup *setup);
/* Says leave first. */
void load_client_free (LoadClient *client);

/* NULL until media can flow. Any thread. */
LoadMedia *load_client_get_media (LoadClient *client);
gboolean load_client_is_failed (LoadClient *client);
/* The server's name for it; "" before it is in. */
const char *load_client_get_id (LoadClient *client);
/* From the first request until media flowed; 0: not yet. Any thread. */
gint64 load_client_get_join_us (LoadClient *client);

/* TRUE once after the server asked for a key frame of the camera. Any thread. */
gboolean load_client_take_key_frame_wish (LoadClient *client);

/* What the server wants of the camera; at first nothing that it said. Any thread. */
void load_client_get_uplink (LoadClient *client, LoadUplink *uplink);

typedef struct {
    guint64 bytes;
    guint64 voices, voices_lost;
    guint64 gaps; /* times in which sound came so late that a player makes some up */
    guint64 pictures, video_packets, video_lost, resent;
} LoadReceived;

/* Any thread. */
void load_client_get_received (LoadClient *client, LoadReceived *received);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LoadClient, load_client_free)
