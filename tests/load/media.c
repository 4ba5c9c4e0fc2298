/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * media.c: see media.h.
 */
#include "media.h"

#include "light.h"

struct _LoadMedia {
    TuttiPeer *peer; /* one of the two */
    Light *light;
};

LoadMedia *
load_media_new (TuttiNet *net, LightNet *light, const TuttiPeerSetup *setup)
{
    LoadMedia *media = g_new0 (LoadMedia, 1);

    if (light)
        media->light = light_new (light, setup);
    else
        media->peer = tutti_peer_new (net, setup);
    return media;
}

void
load_media_free (LoadMedia *media)
{
    if (!media)
        return;
    light_free (media->light);
    tutti_peer_free (media->peer);
    g_free (media);
}

void
load_media_offer (LoadMedia *media, TuttiSession *offer)
{
    if (media->light)
        light_offer (media->light, offer);
    else
        tutti_peer_offer (media->peer, offer);
}

gboolean
load_media_take_answer (LoadMedia *media, const TuttiSession *answer)
{
    return media->light ? light_take_answer (media->light, answer)
                        : tutti_peer_take_answer (media->peer, answer);
}

void
load_media_add_candidate (LoadMedia *media, const char *candidate)
{
    if (media->light)
        light_add_candidate (media->light, candidate);
    else
        tutti_peer_add_candidate (media->peer, candidate);
}

TuttiQueue *
load_media_get_output (LoadMedia *media, TuttiKind kind)
{
    return media->light ? light_get_output (media->light, kind)
                        : tutti_peer_get_output (media->peer, kind);
}

void
load_media_want_key_frame (LoadMedia *media)
{
    if (media->peer)
        tutti_peer_want_key_frame (media->peer);
}

gboolean
load_media_is_connected (LoadMedia *media)
{
    TuttiLegState state =
        media->light ? light_get_state (media->light) : tutti_peer_get_state (media->peer);

    return state == TUTTI_LEG_CONNECTED;
}
