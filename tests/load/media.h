/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * media.h: the media of one person of the load: a whole peer, or a light one, alike to their user.
 * Role: main, except where said.
 */
#pragma once

#include "../peer.h"
#include "light-net.h"

typedef struct _LoadMedia LoadMedia;

/* light NULL: a whole one, on net. */
LoadMedia *load_media_new (TuttiNet *net, LightNet *light, const TuttiPeerSetup *setup);
void load_media_free (LoadMedia *media);

/* As the tutti_peer_*() of these names. */
void load_media_offer (LoadMedia *media, TuttiSession *offer);
gboolean load_media_take_answer (LoadMedia *media, const TuttiSession *answer);
void load_media_add_candidate (LoadMedia *media, const char *candidate);
TuttiQueue *load_media_get_output (LoadMedia *media, TuttiKind kind);
/* Light ones can't. */
void load_media_want_key_frame (LoadMedia *media);
/* Any thread. */
gboolean load_media_is_connected (LoadMedia *media);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LoadMedia, load_media_free)
