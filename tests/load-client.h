/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * load-client.h: one person of the load: signalling over a WebSocket, media by a peer. Role: main.
 */
#pragma once

#include <libsoup/soup.h>

#include "peer.h"

typedef struct _LoadClient LoadClient;

typedef struct {
    const char *url; /* wss://HOST:PORT/ws */
    const char *room, *name;
    gboolean listener; /* sends nothing */
} LoadClientSetup;

LoadClient *load_client_new (SoupSession *session, TuttiNet *net, const LoadClientSetup *setup);
/* Says leave first. */
void load_client_free (LoadClient *client);

/* NULL until media flows. */
TuttiPeer *load_client_get_peer (LoadClient *client);
gboolean load_client_is_failed (LoadClient *client);
/* TRUE once after the server asked for a key frame of the camera. */
gboolean load_client_take_key_frame_wish (LoadClient *client);

typedef struct {
    guint64 pictures, key_frames, voices, bytes;
} LoadReceived;

void load_client_get_received (LoadClient *client, LoadReceived *received);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LoadClient, load_client_free)
