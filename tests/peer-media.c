/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * peer-media.c: audio, camera, screen, data channel, in this order.
 */
#include "peer-media.h"

#include <string.h>

#include "peer-level.h"

#define TRANSPORT_CC_ID 3

static void
fill_audio (const TuttiPeerSetup *setup, const TuttiIdentity *identity, TuttiMedia *media)
{
    media->kind = TUTTI_KIND_AUDIO;
    media->track = TUTTI_TRACK_AUDIO;
    media->direction = setup->audio;
    media->n_formats = 1;
    media->formats[0] = (TuttiFormat){
        .codec = TUTTI_CODEC_OPUS,
        .payload_type = TUTTI_PEER_OPUS,
        .channels = 2,
        .fec = TRUE,
    };
    media->extension[TUTTI_EXTENSION_LEVEL] = TUTTI_PEER_LEVEL_ID;
    media->ssrc = identity->ssrc[TUTTI_KIND_AUDIO];
}

static void
fill_video (TuttiMedia *media)
{
    const guint8 feedback =
        TUTTI_FEEDBACK_NACK | TUTTI_FEEDBACK_PLI | TUTTI_FEEDBACK_FIR | TUTTI_FEEDBACK_REMB;

    media->kind = TUTTI_KIND_VIDEO;
    media->n_formats = 2;
    media->formats[0] = (TuttiFormat){
        .codec = TUTTI_CODEC_VP8,
        .payload_type = TUTTI_PEER_VP8,
        .rtx_payload_type = TUTTI_PEER_VP8 + 1,
        .feedback = feedback,
    };
    media->formats[1] = (TuttiFormat){
        .codec = TUTTI_CODEC_H264,
        .payload_type = TUTTI_PEER_H264,
        .rtx_payload_type = TUTTI_PEER_H264 + 1,
        .packetization_mode = 1,
        .profile_level_id = 0x42e01f,
        .feedback = feedback,
    };
}

static TuttiMedia *
add_media (TuttiSession *offer)
{
    TuttiMedia *media = &offer->media[offer->n_media];

    memset (media, 0, sizeof *media);
    g_snprintf (media->mid, sizeof media->mid, "%u", offer->n_media++);
    media->rtcp_mux = TRUE;
    media->extension[TUTTI_EXTENSION_MID] = 1;
    return media;
}

static void
add_transport_cc (TuttiMedia *media)
{
    media->extension[TUTTI_EXTENSION_TRANSPORT_CC] = TRANSPORT_CC_ID;
    for (guint i = 0; i < media->n_formats; i++)
        media->formats[i].feedback |= TUTTI_FEEDBACK_TRANSPORT_CC;
}

void
peer_fill_media (const TuttiPeerSetup *setup, const TuttiIdentity *identity, gboolean has_screen,
                 TuttiSession *offer)
{
    TuttiMedia *media;

    offer->n_media = 0;
    if (setup->audio != TUTTI_DIRECTION_INACTIVE)
        fill_audio (setup, identity, add_media (offer));
    if (setup->camera != TUTTI_DIRECTION_INACTIVE) {
        media = add_media (offer);
        fill_video (media);
        media->track = TUTTI_TRACK_CAMERA;
        media->direction = setup->camera;
        media->ssrc = identity->ssrc[TUTTI_KIND_VIDEO];
        media->rtx_ssrc = identity->rtx_ssrc[TUTTI_KIND_VIDEO];
    }
    if (has_screen) {
        media = add_media (offer);
        fill_video (media);
        media->track = TUTTI_TRACK_SCREEN;
        media->direction = TUTTI_DIRECTION_SEND;
    }
    if (setup->channel) {
        media = add_media (offer);
        media->kind = TUTTI_KIND_APPLICATION;
        media->sctp_port = 5000;
    }
    for (guint i = 0; setup->transport_cc && i < offer->n_media; i++)
        add_transport_cc (&offer->media[i]);
}
